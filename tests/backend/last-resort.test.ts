import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

const program = fileURLToPath(new URL('./failing-backend.ts', import.meta.url))
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.end())

test.each([
  ['an exception', 'SIGUSR2', 'thrown and not caught'],
  ['a rejection', 'SIGWINCH', 'rejected and not caught'],
] as const)(
  '%s that is uncaught is logged with its stack, and stops the replica in order',
  async (_, name, message) => {
    const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: '127.0.0.1:1', program })
    try {
      await backend.untilReady()
      const login = request(`${backend.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Expect: '100-continue' },
      })
      login.flushHeaders()
      await once(login, 'continue') // the backend has the request headers, and waits for the body
      backend.signal(name)
      await expect.poll(() => backend.log.some((line) => line.includes('"msg":"stopping"'))).toBe(true)
      login.end('username=nobody&password=nothing+at+all')
      const [response] = (await once(login, 'response')) as [IncomingMessage]
      expect([response.statusCode, await backend.exited]).toEqual([401, 1])

      const lines = backend.log.map((line) => JSON.parse(line) as { level: string; msg: string; cause?: object })
      expect(lines.filter(({ level }) => level === 'error')).toEqual([
        expect.objectContaining({
          msg: 'unexpected error, stopping',
          cause: expect.objectContaining({ message, stack: expect.stringContaining('failing-backend.ts') as unknown }),
        }),
      ])
      expect(lines.find(({ msg }) => msg === 'stopping')).toMatchObject({ why: 'failure' })
    } finally {
      await backend.kill()
    }
  },
)
