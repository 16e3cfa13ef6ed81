import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestThrottle } from '../../src-backend/http/middleware.ts'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())

async function health(): Promise<unknown> {
  return (await backend.fetch('/health')).json()
}

test('a job that fails is in /health, on every replica, until it succeeds', async () => {
  await backend.parts.jobs.runNow('partitions')
  expect(await health()).toMatchObject({ status: 'healthy', postgres: 'up', failing_jobs: [] })
  await backend.pool.query('alter table samples_since rename to samples_until')
  await expect(backend.parts.jobs.runNow('partitions')).rejects.toThrow('samples_since')
  expect(await health()).toMatchObject({ status: 'healthy', failing_jobs: ['partitions'] })
  await backend.pool.query('alter table samples_until rename to samples_since')
  await backend.parts.jobs.runNow('partitions')
  expect(await health()).toMatchObject({ failing_jobs: [] })
})

test('/healthz and /readyz are the same as /health and /ready, and /version needs no sign-in', async () => {
  const paths = ['/health', '/healthz', '/ready', '/readyz', '/version']
  const answers = await Promise.all(
    paths.map(async (path) => {
      const response = await backend.fetch(path)
      const { timestamp: _, ...body } = (await response.json()) as Record<string, unknown>
      return [response.status, body]
    }),
  )
  expect(answers[1]).toEqual(answers[0])
  expect(answers[3]).toEqual(answers[2])
  expect(answers.map(([status]) => status)).toEqual([200, 200, answers[2]?.[0], answers[2]?.[0], 200])
  expect(answers[4]?.[1]).toEqual({ version: 'test', revision: 'unknown' })
})

test('a replica that refuses its work still says its health and version', async () => {
  const other = await fullBackend()
  other.parts.refuse('A newer version must take over.')
  const statuses = await Promise.all(
    ['/healthz', '/readyz', '/version'].map(async (path) => (await other.fetch(path)).status),
  )
  await other.end()
  expect(statuses).toEqual([200, 503, 200])
})

test('probes are answered although a client behind the same address has used up its rate limit', async () => {
  const limited = await fullBackend({}, { throttle: requestThrottle(1) })
  const statuses: number[] = []
  for (let n = 0; n < 20; n++) statuses.push((await limited.fetch('/api/nodes', { as: 'viewer' })).status)
  const probes = await Promise.all(
    Array.from({ length: 20 }, async () => [
      (await limited.fetch('/healthz')).status,
      (await limited.fetch('/version')).status,
    ]),
  )
  await limited.end()
  expect(statuses.at(-1)).toBe(429)
  expect(new Set(probes.flat())).toEqual(new Set([200]))
})
