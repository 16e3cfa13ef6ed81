import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readingFrom } from './settings-builders.ts'
import { kafkaSecurityVariables } from './kafka-security.ts'
import { helpText } from './help-text.ts'
import { consoleVariableNames, readConsoleSettings } from './console-settings.ts'

const readText = readingFrom({ '/run/password': 'hunter2\n' })
const read = (argv: readonly string[], env: Record<string, string>) => readConsoleSettings({ argv, env, readText })

const defaults = {
  brokers: ['localhost:9092'],
  topicPattern: '^metrics-',
  startAt: { kind: 'minutes', minutes: 60 },
  prometheusPort: 9464,
  logLevel: 'info',
  hidden: false,
}

describe('settings', () => {
  test('have defaults, also for empty variables', () => {
    const result = read([], { KAFKA_BOOTSTRAP_SERVERS: '', REMO_BACKEND_URL: '', PATH: '/bin' })
    expect(result).toEqual({ ok: true, settings: defaults })
  })

  test('come from the environment', () => {
    const env = {
      KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9092, [::1]:19092',
      KAFKA_TOPIC_PATTERN: '^(metrics|hosts)-',
      KAFKA_AUTO_OFFSET_RESET: 'earliest',
      KAFKA_CLIENT_RACK: 'eu-1a',
      REMO_DATA_DIR: '/var/remo',
      REMO_BACKEND_URL: 'https://remo.example.org',
      REMO_TEAM: 'blue',
      PROMETHEUS_PORT: '0',
      REMO_LOG_LEVEL: 'debug',
    }
    const settings = {
      brokers: ['kafka-1:9092', '[::1]:19092'],
      topicPattern: '^(metrics|hosts)-',
      startAt: { kind: 'beginning' },
      rack: 'eu-1a',
      dataDir: '/var/remo',
      backendUrl: 'https://remo.example.org',
      team: 'blue',
      prometheusPort: 0,
      logLevel: 'debug',
      hidden: false,
    }
    expect(read([], env)).toEqual({ ok: true, settings })
  })

  test('contain a team, and refuse a name that is invalid in a topic', () => {
    expect(read(['--team', 'red'], { REMO_TEAM: 'blue' })).toEqual({ ok: true, settings: { ...defaults, team: 'red' } })
    expect(read([], { REMO_TEAM: 'a.b' })).toEqual({
      ok: false,
      problem: 'REMO_TEAM: expected up to 40 letters, digits and dashes, got "a.b".',
    })
    expect(read(['--team='], {})).toEqual({
      ok: false,
      problem: '--team: expected up to 40 letters, digits and dashes.',
    })
  })

  test('contain the Kafka login', () => {
    const env = {
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
      KAFKA_SASL_USERNAME: 'remo',
      KAFKA_SASL_PASSWORD_FILE: '/run/password',
    }
    const sasl = { mechanism: 'scram-sha-256', username: 'remo', password: 'hunter2' }
    expect(read([], env)).toEqual({ ok: true, settings: { ...defaults, security: { ssl: {}, sasl } } })
  })

  test.each([[['--hidden', '--data-dir', '/a']], [['--data-dir=/a', '--hidden']]])(
    'a flag overrides its variable: %j',
    (argv) => {
      expect(read(argv, { REMO_DATA_DIR: '/b' })).toEqual({
        ok: true,
        settings: { ...defaults, hidden: true, dataDir: '/a' },
      })
    },
  )

  test('do not matter for help and version, even if they are invalid', () => {
    const env = { PROMETHEUS_PORT: 'x' }
    expect(read(['--help'], env)).toEqual({ ok: true, show: 'help' })
    expect(read(['--version'], env)).toEqual({ ok: true, show: 'version' })
  })

  test.each([
    [['--hiden'], {}, '--hiden: unknown option. Run with --help to see all options.'],
    [['out'], {}, 'out: unknown option. Run with --help to see all options.'],
    [['--data-dir'], {}, '--data-dir: expected a path after it.'],
    [['--data-dir', '--hidden'], {}, '--data-dir: expected a path after it.'],
    [['--data-dir='], {}, '--data-dir: expected a path after it.'],
    [[], { PROMETHEUS_PORT: '65536' }, 'PROMETHEUS_PORT: expected a port from 0 to 65535, got "65536".'],
    [[], { PROMETHEUS_PORT: '80a' }, 'PROMETHEUS_PORT: expected a port from 0 to 65535, got "80a".'],
    [
      [],
      { KAFKA_TOPIC_PATTERN: '(' },
      'KAFKA_TOPIC_PATTERN: expected a regular expression such as ^metrics-, got "(".',
    ],
    [
      [],
      { KAFKA_AUTO_OFFSET_RESET: 'none' },
      'KAFKA_AUTO_OFFSET_RESET: expected latest, earliest, or a duration in whole minutes such as 60m, got "none".',
    ],
    [
      [],
      { KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9092,kafka-2' },
      'KAFKA_BOOTSTRAP_SERVERS: expected host:port, comma-separated, got "kafka-1:9092,kafka-2".',
    ],
    [
      [],
      { KAFKA_BOOTSTRAP_SERVERS: 'kafka:0' },
      'KAFKA_BOOTSTRAP_SERVERS: expected host:port, comma-separated, got "kafka:0".',
    ],
    [
      [],
      { REMO_BACKEND_URL: 'ftp://x' },
      'REMO_BACKEND_URL: expected a URL that starts with http:// or https://, got "ftp://x".',
    ],
    [
      [],
      { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_PASSWORD: 'hunter2' },
      'KAFKA_SASL_USERNAME: required with KAFKA_SECURITY_PROTOCOL=SASL_SSL.',
    ],
    [
      [],
      { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA: '/gone.pem' },
      'KAFKA_SSL_CA: cannot read /gone.pem (no such file).',
    ],
    [[], { REMO_LOG_LEVEL: 'loud' }, 'REMO_LOG_LEVEL: expected debug, info, warn or error, got "loud".'],
  ])('that are invalid give one sentence: %j %j', (argv, env, problem) => {
    expect(read(argv, env)).toEqual({ ok: false, problem })
  })
})

const variableNames = [...consoleVariableNames, ...Object.keys(kafkaSecurityVariables)]

test('the help names every flag and variable', () => {
  const flags = ['--hidden', '--data-dir', '--team', '--version', '--help']
  for (const name of [...flags, ...variableNames]) expect(helpText).toContain(`\n  ${name} `)
})

test('the README names every variable', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  for (const name of variableNames) expect(readme).toContain(`\`${name}\``)
})
