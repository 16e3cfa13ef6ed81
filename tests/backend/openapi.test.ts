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

test('no schema contradicts itself: defaults have its type, and only text has a pattern', async () => {
  const description = (await (await backend.fetch('/openapi.json')).json()) as object
  const wrong: unknown[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, pattern, default: preset, enum: values } = node as Record<string, unknown>
    const types: Readonly<Record<string, string>> = { integer: 'number', number: 'number', boolean: 'boolean' }
    const ofType = typeof type === 'string' ? types[type] : undefined
    const given = [...(preset === undefined ? [] : [preset]), ...(Array.isArray(values) ? (values as unknown[]) : [])]
    if (ofType && (pattern !== undefined || given.some((value) => typeof value !== ofType))) wrong.push(node)
    Object.values(node).forEach(visit)
  }
  visit(description)
  expect(wrong).toEqual([])
})

test('description and documentation are off by default', async () => {
  const closed = await fullBackend()
  const statuses = await Promise.all(['/docs/', '/openapi.json'].map(async (path) => (await closed.fetch(path)).status))
  await closed.end()
  expect(statuses).toEqual([404, 404])
})
