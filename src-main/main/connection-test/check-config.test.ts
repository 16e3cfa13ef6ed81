import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { ConnectionToTest, TestStep } from '#shared/settings/connection-test.ts'
import type { ConnectionSecrets } from '#shared/settings/connection.ts'
import { readLaunch } from '../app/launch.ts'
import { checkConfig } from './check-config.ts'

interface Given {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly stored?: ConnectionSecrets
  readonly steps?: ReadonlyArray<Pick<TestStep, 'state' | 'title' | 'text'>>
  readonly willNotWork?: string
}

const goodSteps = [{ state: 'ok', title: 'Topics', text: '1 of 1 topic matches ^metrics-: metrics-a.' }] as const

async function check({ args = [], env = {}, files = {}, stored = {}, steps = goodSteps, willNotWork }: Given) {
  const readText = (path: string): string => {
    const text = files[path]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  }
  const read = readLaunch({
    args: [...args, '--check-config'],
    link: undefined,
    env,
    readText,
    defaultDataDir: resolve('/data'),
  })
  if (read.kind !== 'start') throw new Error(JSON.stringify(read))
  const lines: string[] = []
  const tested: ConnectionToTest[] = []
  const code = await checkConfig({
    launch: read.launch,
    readText,
    storedSecrets: () => Promise.resolve(stored),
    test: (connection, onStep) => {
      tested.push(connection)
      onStep({ id: 'names', state: 'running', title: 'Names resolve', text: 'Running.' })
      for (const step of steps) onStep({ id: 'topics', ...step })
      return Promise.resolve({ state: 'ok', steps: [], ...(willNotWork === undefined ? {} : { willNotWork }) })
    },
    now: () => 0,
    write: (line) => lines.push(line),
  })
  return { code, lines, tested }
}

const path = join(resolve('/data'), 'settings.json')
const settings = (content: object): Record<string, string> => ({ [path]: JSON.stringify(content) })
const prod = { id: 'prod', name: 'Production', brokers: ['kafka-1:9093'], protocol: 'SASL_SSL', username: 'remo' }

test('without settings, the Kafka of this computer is tested', async () => {
  const { code, lines, tested } = await check({})
  expect(code).toBe(0)
  expect(lines).toEqual([
    'ok: Connection This computer: localhost:9092.',
    'ok: Topics: 1 of 1 topic matches ^metrics-: metrics-a.',
  ])
  expect(tested).toEqual([{ brokers: ['localhost:9092'], topicPattern: '^metrics-' }])
})

test('the saved connection is tested with its stored password', async () => {
  const { code, tested } = await check({
    files: settings({ version: 1, connections: [prod], inUse: 'prod' }),
    stored: { password: 'secret' },
  })
  expect(code).toBe(0)
  expect(tested[0]?.security).toMatchObject({ sasl: { username: 'remo', password: 'secret' }, ssl: {} })
})

test('a variable comes before the settings file', async () => {
  const { tested } = await check({
    env: { KAFKA_SASL_PASSWORD: 'given', REMO_BACKEND_URL: 'http://localhost:8000', REMO_TEAM: 'blue' },
    files: settings({ version: 1, connections: [prod], inUse: 'prod' }),
    stored: { password: 'secret' },
  })
  expect(tested[0]).toMatchObject({ security: { sasl: { password: 'given' } }, team: 'blue' })
})

test('findings of the test are one line each, and the exit code is 1', async () => {
  const failed = { state: 'failed', title: 'SASL', text: 'kafka-1:9093 refused the user remo.' } as const
  const first = await check({ steps: [failed], willNotWork: 'ReMo will not connect.' })
  expect(first.code).toBe(1)
  expect(first.lines.slice(1)).toEqual([
    'failed: SASL: kafka-1:9093 refused the user remo.',
    'failed: ReMo will not connect.',
  ])
  const warning = { state: 'warning', title: 'Topics', text: 'No topic matches.' } as const
  expect(await check({ steps: [warning] })).toMatchObject({ code: 1 })
})

test('invalid settings are all named, nothing is tested, and the exit code is 2', async () => {
  const { code, lines, tested } = await check({
    files: settings({ version: 1, log: { level: 'loud' }, connections: [{ ...prod, brokers: ['kafka-1'] }] }),
  })
  expect(code).toBe(2)
  expect(tested).toEqual([])
  expect(lines.every((line) => line.startsWith(`invalid: ${path}: `))).toBe(true)
  expect(lines).toHaveLength(2)
})

test.each<[string, Given, string]>([
  ['a file that is no JSON', { files: { [path]: '{' } }, `${path}: it is no JSON`],
  ['a --config that is not there', { args: ['--config', '/x.json'] }, `There is no file ${resolve('/x.json')}.`],
  ['a --profile that is not there', { args: ['--profile', 'x'] }, '--profile: no connection is named "x".'],
  [
    'a certificate that is not there',
    { files: settings({ version: 1, connections: [{ ...prod, ca: { file: '/gone.pem' } }] }) },
    'CA certificate: There is no file /gone.pem.',
  ],
])('%s is invalid', async (_what, given, text) => {
  const { code, lines } = await check(given)
  expect(code).toBe(2)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`invalid: ${text}`)
})

test('the demo has nothing to test', async () => {
  expect(await check({ args: ['--demo'] })).toMatchObject({
    code: 0,
    lines: ['ok: The demo connects to no Kafka.'],
    tested: [],
  })
})
