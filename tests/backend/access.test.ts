import { afterAll, beforeAll, expect, test } from 'vitest'
import { mayAccess } from '#shared/session/role.ts'
import { problems } from '#shared/rest/problems.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { roles } from '../support/backend-app.ts'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'
import { accessMatrix } from './access-matrix.ts'

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test('every route is in the matrix, and every line of the matrix is a route', () => {
  const declared = backend.contracts.map(nameOf)
  expect(declared.toSorted()).toEqual(Object.keys(accessMatrix).toSorted())
  expect(new Set(declared).size).toBe(declared.length)
})

test('a route has the role of the matrix', () => {
  const declared = Object.fromEntries(backend.contracts.map((contract) => [nameOf(contract), contract.access]))
  expect(declared).toEqual(accessMatrix)
})

test('each route admits exactly the roles of the matrix', async () => {
  const cells: string[] = []
  for (const [operation, access] of Object.entries(accessMatrix)) {
    const [method = '', path = ''] = operation.split(' ')
    const address = path.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000001')
    for (const role of [undefined, ...roles]) {
      const { status } = await backend.fetch(address, {
        method: method.toUpperCase(),
        ...(role === undefined ? {} : { as: role }),
      })
      const refusal = role === undefined ? 401 : 403
      const expected = mayAccess(role, access) ? 'in' : refusal
      const seen = status === 401 || status === 403 ? status : 'in'
      if (seen !== expected) cells.push(`${operation} as ${role ?? 'nobody'}: ${seen}, not ${expected}`)
    }
  }
  expect(cells).toEqual([])
})

test('every error code is documented', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')
  const documented = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code)
  expect(documented).toEqual(Object.keys(problems))
})
