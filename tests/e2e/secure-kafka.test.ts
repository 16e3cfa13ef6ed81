import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FieldProducer } from '../support/field-producer.ts'
import { oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'
import { expect, test as base } from './fixtures.ts'

const metrics = { cpu_usage: 21.5, memory_usage: 40.1, disk_io: 3.2, network_traffic: 9.9 }
const wrongPassword = 'not the right one'

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

test('values arrive over TLS and SASL; a wrong password shows an error and is written nowhere', async ({
  launch,
  secure,
}) => {
  const dir = mkdtempSync(join(tmpdir(), 'remo-password-'))
  const passwordFile = join(dir, 'password')
  writeFileSync(passwordFile, `${oddPassword}\n`)
  const producer = await new FieldProducer(secure.broker.bootstrap).connect()
  await producer.send({ nodeId: 'secure', at: Date.now(), metrics })
  const env = {
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'console',
    KAFKA_SSL_CA: secure.certificates.ca,
  }
  const first = await launch({
    bootstrap: secure.at.login,
    env: { ...env, KAFKA_SASL_PASSWORD_FILE: passwordFile },
  })
  await expect((await first.window()).getByRole('group', { name: 'secure CPU' })).toContainText('21.5')
  await first.quit()

  const { dataDir } = first
  const second = await launch({
    bootstrap: secure.at.login,
    dataDir,
    env: { ...env, KAFKA_SASL_PASSWORD: wrongPassword },
  })
  const window = await second.window()
  await expect(window.getByRole('alert')).toContainText(`Monitoring is blind. Not connected to Kafka for`)
  await expect(window.getByRole('alert')).toContainText(
    `${secure.at.login} refused the username or password. Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
  )
  const log = () => readFileSync(join(dataDir, 'logs', 'remo.log'), 'utf8')
  await expect.poll(log).toContain('kafka is lost')
  for (const secret of [oddPassword, JSON.stringify(oddPassword).slice(1, -1), wrongPassword]) {
    expect(log()).not.toContain(secret)
  }
  await producer.close()
  rmSync(dir, { recursive: true, force: true })
})
