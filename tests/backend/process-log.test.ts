import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Tokens } from '#shared/rest/auth.ts'
import { startBackendProcess } from '../support/backend-process.ts'
import { testDatabase } from '../support/test-database.ts'

/** In everything that must not be logged. */
const marker = 'xyzzy'
const secret = (what: string) => `${marker} ${what} ${marker}`

test('the most verbose log of a process contains no password, no token and no key', { timeout: 60_000 }, async () => {
  const database = await testDatabase()
  const key = `${marker}${randomBytes(36).toString('base64')}`
  const backend = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap: '127.0.0.1:1',
    env: { JWT_SECRET_KEY: key, REMO_LOG_LEVEL: 'debug' },
  })
  try {
    await backend.untilReady()
    const setupToken = /"setupToken":"([^"]+)"/.exec(backend.log.join('\n'))?.[1]
    const post = async (path: string, body: unknown, token?: string) => {
      const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      const headers = { 'Content-Type': 'application/json', ...authorization } as Record<string, string>
      const init = { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
      const response = await backend.fetch(path, init)
      return { status: response.status, body: (await response.json()) as Tokens }
    }
    const password = secret('first')
    const login = (username: string, tried: string) => post('/api/auth/login', { username, password: tried })
    const ada = { username: 'ada', email: 'ada@ops.example', password }

    const responses = [await post('/api/auth/setup', { ...ada, token: setupToken })]
    const signedIn = await login('ada', password)
    const refreshed = await post('/api/auth/refresh', { refresh_token: signedIn.body.refresh_token })
    const access = refreshed.body.access_token
    const user = { username: 'bea', email: 'bea@ops.example', role: 'viewer', password: secret('third') }
    responses.push(signedIn, refreshed)
    responses.push(await login('ada', secret('wrong')), await login(secret('in the wrong field'), 'x'))
    responses.push(await post('/api/auth/setup', { ...ada, token: secret('set-up') }))
    responses.push(await post('/api/auth/refresh', { refresh_token: secret('refresh') }))
    responses.push(await post('/api/users', user, access), await post('/api/users', user, access))
    responses.push(await post('/api/users', { ...user, password: [secret('no text')] }, access))
    responses.push(await post('/api/users', `{"password":"${secret('broken')}`, access))
    responses.push(await post(`/api/users?access_token=${marker}`, user, `${marker}.${marker}.${marker}`))
    const change = { current_password: password, new_password: secret('second') }
    const changed = await post('/api/auth/password', change, access)
    // a token of an ended session, and a used one
    responses.push(changed, await post('/api/auth/password', change, access))
    responses.push(await post('/api/auth/refresh', { refresh_token: signedIn.body.refresh_token }))

    expect(responses.map(({ status }) => status)).toEqual([
      201, 200, 200, 401, 401, 403, 401, 201, 409, 400, 400, 401, 200, 401, 401,
    ])
    expect(await backend.stop()).toBe(143)
    const tokens = [signedIn, refreshed, changed].flatMap(({ body }) => [body.access_token, body.refresh_token])
    const forbidden = [marker, key, new URL(database.url).password, ...tokens].filter((text) => text !== '')
    expect(backend.log.filter((line) => forbidden.some((text) => line.includes(text)))).toEqual([])
    expect(backend.log.filter((line) => line.includes('"signed in"')).length).toBe(1)
  } finally {
    await backend.kill()
    await database.end()
  }
})
