import { kafkaSecurity } from '#shared/settings/kafka-security.ts'
import { expect, test } from 'vitest'
import { demoKafka } from './demo-kafka.ts'

test('what a shell has set for another Kafka does not keep programs from that of the demo', () => {
  const shell = {
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_USERNAME: 'remo',
    KAFKA_SASL_PASSWORD_FILE: '/gone',
    KAFKA_SSL_CA: '/gone.pem',
  }
  const env: NodeJS.ProcessEnv = { ...shell, ...demoKafka('127.0.0.1:9092') }
  const noFiles = () => expect.unreachable('no file is read')
  expect(kafkaSecurity(env, noFiles)).toEqual({ ok: true, security: undefined })
  expect(env['KAFKA_BOOTSTRAP_SERVERS']).toBe('127.0.0.1:9092')
})
