import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../scripts/process/free-port.ts'
import { electronPath } from '../support/running-console.ts'
import { oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'
import { expect, test as base } from './fixtures.ts'

const metrics = { cpu_usage: 21.5, memory_usage: 40.1 }

const test = base.extend<{ secure: SecureBroker }>({
  secure: [
    async ({}, use) => {
      const broker = await startSecureBroker()
      await broker.putUser({ username: 'console', password: oddPassword })
      await use(broker)
      await broker.end()
    },
    { timeout: 90_000 },
  ],
})

/** Runs `remo --check-config` to its end. */
function check(
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): { code: number | null; lines: readonly string[] } {
  const run = spawnSync(electronPath(), ['.', '--check-config', ...args], { env, encoding: 'utf8', timeout: 60_000 })
  return { code: run.status, lines: run.stdout.split('\n').filter((line) => line !== '') }
}

test('a configuration that works prints each step and exits with 0', async ({ desktop, broker, producer }) => {
  await producer.send({ nodeId: 'checked', at: Date.now(), metrics })
  const dataDir = join(mkdtempSync(join(tmpdir(), 'remo-check-')), 'data')
  const env = { ...desktop.env, KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap, REMO_DATA_DIR: dataDir }
  const { code, lines } = check(env)
  expect(lines).toEqual([
    `ok: Connection Environment: ${broker.bootstrap}.`,
    'ok: Names resolve: 127.0.0.1 is an address.',
    `ok: TCP connects: ${broker.bootstrap} accepts connections.`,
    `ok: Listeners: The broker advertises ${broker.bootstrap}, which this computer reaches.`,
    'ok: Topics: 1 of 1 topic matches ^metrics-: metrics-checked.',
    'ok: Rights: Read and Describe on the topic. Rights on consumer groups are not needed.',
    expect.stringMatching(/^ok: One message of each kind: metrics-checked: .* \(checked\) with 2 metrics/),
  ])
  expect(code).toBe(0)
  // It writes nothing.
  expect(() => readdirSync(dataDir)).toThrow('ENOENT')
})

test('a saved connection that nothing answers exits with 1', async ({ desktop }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-check-'))
  const at = `127.0.0.1:${await freePort()}`
  const connections = [{ id: 'prod', name: 'Production', brokers: [at] }]
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, connections }))
  const { code, lines } = check({ ...desktop.env, REMO_DATA_DIR: dataDir })
  expect(lines).toEqual([
    `ok: Connection Production: ${at}.`,
    'ok: Names resolve: 127.0.0.1 is an address.',
    `failed: TCP connects: Nothing listens on ${at}. Check the port, and that Kafka is running.`,
    'failed: ReMo will not connect until this is solved. It keeps trying.',
  ])
  expect(code).toBe(1)
})

test('invalid settings are all printed, and exit with 2', ({ desktop }) => {
  const env = { ...desktop.env, KAFKA_BOOTSTRAP_SERVERS: 'kafka-1', KAFKA_TOPIC_PATTERN: '(' }
  const { code, lines } = check(env)
  expect(lines).toEqual([
    expect.stringMatching(/^invalid: KAFKA_BOOTSTRAP_SERVERS: /),
    expect.stringMatching(/^invalid: KAFKA_TOPIC_PATTERN: /),
  ])
  expect(code).toBe(2)
})

test('NODE_EXTRA_CA_CERTS counts for Kafka, and no line has the password', ({ desktop, secure }) => {
  const env = {
    ...desktop.env,
    REMO_DATA_DIR: mkdtempSync(join(tmpdir(), 'remo-check-')),
    KAFKA_BOOTSTRAP_SERVERS: secure.at.login,
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'console',
    KAFKA_SASL_PASSWORD: oddPassword,
  }
  const without = check({ ...env, NODE_EXTRA_CA_CERTS: '' })
  expect(without.lines).toContainEqual(
    `failed: TLS: The certificate of ${secure.at.login} is signed by ca, which this computer does not know. Set the CA certificate.`,
  )
  expect(without.code).toBe(1)
  const { lines } = check({ ...env, NODE_EXTRA_CA_CERTS: secure.certificates.ca })
  expect(lines).toContainEqual(expect.stringMatching(/: TLS 1\.3: server, signed by ca, /))
  expect(lines).toContainEqual('ok: SASL SCRAM-SHA-512: Signed in as console.')
  expect([...without.lines, ...lines].join('\n')).not.toContain(oddPassword)
})

test('the stored password of a saved connection is used', async ({ desktop, secure, launch }) => {
  test.setTimeout(120_000)
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-check-'))
  const login = { protocol: 'SASL_SSL', mechanism: 'SCRAM-SHA-512', username: 'console' }
  const connections = [
    { id: 'prod', name: 'Production', brokers: [secure.at.login], ca: { file: secure.certificates.ca }, ...login },
  ]
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, connections }))
  const env = { ...desktop.env, REMO_DATA_DIR: dataDir }
  const before = check(env)
  expect(before.lines).toContainEqual('failed: SASL SCRAM-SHA-512: Enter the password of console.')
  expect(before.code).toBe(1)

  const console = await launch({ bootstrap: '', dataDir })
  const form = (await console.window()).getByRole('form', { name: 'Password for Production' })
  await form.getByLabel('Password', { exact: true }).fill(oddPassword)
  await form.getByRole('button', { name: 'Connect' }).click()
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  await console.quit()

  const { lines } = check(env)
  expect(lines).toContainEqual('ok: SASL SCRAM-SHA-512: Signed in as console.')
  expect(lines.join('\n')).not.toContain(oddPassword)
})
