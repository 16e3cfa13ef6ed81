import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend({ API_DOCS: 'on' })
})
afterAll(() => backend.end())

test('the committed description is the served one', async () => {
  const description: unknown = await (await backend.fetch('/openapi.json')).json()
  const text = `${JSON.stringify(description, undefined, 2)}\n`
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/openapi.json'))
})

test('operations have unique ids', async () => {
  const { paths } = (await (await backend.fetch('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>
  }
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
})

test('description and documentation are off by default', async () => {
  const closed = await fullBackend()
  const statuses = await Promise.all(['/docs/', '/openapi.json'].map(async (path) => (await closed.fetch(path)).status))
  await closed.end()
  expect(statuses).toEqual([404, 404])
})
