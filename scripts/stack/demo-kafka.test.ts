import { setVariables } from '#shared/settings/environment.ts'
import { expect, test } from 'vitest'
import { demoKafka } from './demo.ts'

test("a shell's variables for another Kafka do not affect the demo's programs", () => {
  const shell = {
    KAFKA_BOOTSTRAP_SERVERS_FILE: '/gone',
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_USERNAME_FILE: '/gone',
    KAFKA_SASL_PASSWORD_FILE: '/gone',
    KAFKA_SSL_CA: '/gone.pem',
  }
  const env = { ...shell, ...demoKafka('127.0.0.1:9092') }
  const noFiles = () => expect.unreachable('no file is read')
  expect(setVariables(env, Object.keys(env), noFiles)).toEqual({
    values: { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9092' },
    problems: [],
  })
})
