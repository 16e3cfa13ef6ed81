import { afterAll, beforeAll, expect, test } from 'vitest'
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
