import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectionInUse } from './connection-in-use.ts'
import type { ConnectionChoice } from './connection-in-use.ts'
import { Connection } from './connection.ts'
import { effectiveSettings } from './effective-settings.ts'
import { helpText } from './help-text.ts'
import { readLaunchFlags } from './launch-flags.ts'
import { launchVariableNames, readLaunchVariables } from './launch-variables.ts'
import { readingFrom } from './settings-builders.ts'

const readText = readingFrom({ '/ca.pem': '-----BEGIN CERTIFICATE-----', '/run/password': 'hunter2\n' })
const readVariables = (env: Record<string, string>) => {
  const result = readLaunchVariables(env, readText)
  if (!result.ok) throw new Error(result.problems.join(' '))
  return result.variables
}

describe('variables', () => {
  test('that are empty count as unset', () => {
    const none = { connection: { fields: {}, names: {} }, fixed: {} }
    expect(readVariables({ KAFKA_BOOTSTRAP_SERVERS: '', REMO_BACKEND_URL: '', PATH: '/bin' })).toEqual(none)
  })

  test('describe a connection, and each field knows its variable', () => {
    const { connection } = readVariables({
      KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9092, [::1]:19092',
      KAFKA_TOPIC_PATTERN: '^(metrics|hosts)-',
      KAFKA_AUTO_OFFSET_RESET: 'earliest',
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
      KAFKA_SASL_USERNAME: 'remo',
      KAFKA_SASL_PASSWORD_FILE: '/run/password',
      KAFKA_SSL_CA: '/ca.pem',
      REMO_BACKEND_URL: 'https://remo.example.org',
      REMO_TEAM: 'blue',
    })
    expect(connection.fields).toEqual({
      brokers: ['kafka-1:9092', '[::1]:19092'],
      topics: '^(metrics|hosts)-',
      startAt: { kind: 'beginning' },
      protocol: 'SASL_SSL',
      mechanism: 'SCRAM-SHA-256',
      username: 'remo',
      ca: { file: '/ca.pem' },
      backendUrl: 'https://remo.example.org',
      team: 'blue',
    })
    expect(connection.password).toBe('hunter2')
    expect(connection.names).toMatchObject({ brokers: 'KAFKA_BOOTSTRAP_SERVERS', password: 'KAFKA_SASL_PASSWORD' })
  })

  test('fix settings of the app', () => {
    const env = {
      PROMETHEUS_PORT: '0',
      REMO_LOG_LEVEL: 'debug',
      REMO_LOG_FORMAT: 'json',
      REMO_THEME: 'dark',
      REMO_KEEP_DAYS: '30',
      REMO_KEEP_GIGABYTES: '0.5',
      REMO_SILENCE_LONGEST_DAYS: '7',
      REMO_PROMETHEUS_NODE_SERIES: 'off',
      REMO_PROMETHEUS_ALL_METRICS: 'on',
    }
    expect(effectiveSettings(readVariables(env).fixed, {}).values).toMatchObject({
      'prometheus.port': 0,
      'prometheus.nodeSeries': false,
      'prometheus.allMetrics': true,
      'log.level': 'debug',
      'log.format': 'json',
      'appearance.theme': 'dark',
      'data.keepDays': 30,
      'data.keepGigabytes': 0.5,
      'silences.longestDays': 7,
    })
  })

  test.each([
    [{ PROMETHEUS_PORT: '65536' }, 'PROMETHEUS_PORT: expected a port from 0 to 65535, got "65536".'],
    [{ PROMETHEUS_PORT: '80a' }, 'PROMETHEUS_PORT: expected a port from 0 to 65535, got "80a".'],
    [{ KAFKA_TOPIC_PATTERN: '(' }, 'KAFKA_TOPIC_PATTERN: expected a regular expression such as ^metrics-, got "(".'],
    [
      { KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9092,kafka-2' },
      'KAFKA_BOOTSTRAP_SERVERS: expected host:port, comma-separated, got "kafka-1:9092,kafka-2".',
    ],
    [
      { KAFKA_BOOTSTRAP_SERVERS: 'kafka:0' },
      'KAFKA_BOOTSTRAP_SERVERS: expected host:port, comma-separated, got "kafka:0".',
    ],
    [
      { KAFKA_AUTO_OFFSET_RESET: 'soon' },
      'KAFKA_AUTO_OFFSET_RESET: expected latest, earliest, or a duration in whole minutes such as 60m, got "soon".',
    ],
    [
      { REMO_BACKEND_URL: 'ftp://x' },
      'REMO_BACKEND_URL: expected a URL that starts with http:// or https://, got "ftp://x".',
    ],
    [{ REMO_TEAM: 'a.b' }, 'REMO_TEAM: expected up to 40 letters, digits and dashes, got "a.b".'],
    [{ REMO_KEEP_DAYS: '0' }, 'REMO_KEEP_DAYS: expected at least 1 day, got "0".'],
    [{ REMO_LOG_LEVEL: 'loud' }, 'REMO_LOG_LEVEL: expected debug, info, warn or error, got "loud".'],
    [
      { KAFKA_BOOTSTRAP_SERVERS: 'k:1', KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_PASSWORD: 'hunter2' },
      'KAFKA_SASL_USERNAME: required with KAFKA_SECURITY_PROTOCOL=SASL_SSL.',
    ],
  ])('that are invalid give one sentence: %j', (env, problem) => {
    expect(readLaunchVariables(env, readText)).toEqual({ ok: false, problems: [problem] })
  })
})

describe('flags', () => {
  test('have defaults', () => {
    expect(readLaunchFlags([])).toEqual({ demo: false, checkConfig: false, resetSettings: false, fixed: {} })
  })

  test.each([
    [['--data-dir', '/a', '--profile', 'prod', '--config=/c.json', '--team=red']],
    [['--team', 'red', '--config', '/c.json', '--profile=prod', '--data-dir=/a']],
  ])('take their value after = or a space: %j', (argv) => {
    expect(readLaunchFlags(argv)).toMatchObject({ dataDir: '/a', profile: 'prod', config: '/c.json', team: 'red' })
  })

  test.each(['15m', '1h', '4h', 'morning', 'off'])('ask for do not disturb: %s', (choice) => {
    expect(readLaunchFlags([`--do-not-disturb=${choice}`])).toMatchObject({ doNotDisturb: choice })
  })

  test('win over variables, and both over the settings file', () => {
    const flags = readLaunchFlags(['--log-level', 'error', '--minimized'])
    if (typeof flags === 'string') throw new Error(flags)
    const variables = readVariables({ REMO_LOG_LEVEL: 'debug', REMO_THEME: 'light' })
    const file = { 'appearance.theme': 'dark', 'data.keepDays': 3, 'log.level': 'warn' } as const
    const { values, sources } = effectiveSettings({ ...variables.fixed, ...flags.fixed }, file)
    expect(values).toMatchObject({
      'log.level': 'error',
      'appearance.theme': 'light',
      'data.keepDays': 3,
      'startup.hidden': true,
      'startup.close': 'tray',
    })
    expect(sources).toMatchObject({
      'log.level': { kind: 'flag', name: '--log-level' },
      'appearance.theme': { kind: 'variable', name: 'REMO_THEME' },
      'data.keepDays': { kind: 'file' },
      'startup.hidden': { kind: 'flag', name: '--minimized' },
      'startup.close': { kind: 'default' },
    })
  })

  test.each([
    [['--hiden'], '--hiden: unknown option. Run with --help to see all options.'],
    [['out'], 'out: unknown option. Run with --help to see all options.'],
    [['--data-dir'], '--data-dir: expected a path after it.'],
    [['--data-dir', '--hidden'], '--data-dir: expected a path after it.'],
    [['--profile='], '--profile: expected the name of a connection after it.'],
    [['--team', 'a.b'], '--team: expected up to 40 letters, digits and dashes.'],
    [['--log-level', 'loud'], '--log-level: expected debug, info, warn or error, got "loud".'],
    [['--do-not-disturb'], '--do-not-disturb: expected 15m, 1h, 4h, morning or off after it.'],
    [['--do-not-disturb', '2h'], '--do-not-disturb: expected 15m, 1h, 4h, morning or off, got "2h".'],
    [['--demo', '--profile', 'prod'], '--demo and --profile: use one of them.'],
  ])('that are invalid give one sentence: %j', (argv, problem) => {
    expect(readLaunchFlags(argv)).toBe(problem)
  })
})

describe('the connection in use', () => {
  const prod = Connection.parse({ id: 'prod', name: 'Production', brokers: ['kafka-1:9093'] })
  const stage = Connection.parse({ id: 'stage', name: 'Staging', brokers: ['kafka-2:9092'] })
  const none = { fields: {}, names: {} }
  const choice: ConnectionChoice = {
    connections: [prod, stage],
    inUse: 'stage',
    profile: undefined,
    demo: false,
    variables: none,
  }
  const chosen = (change: Partial<ConnectionChoice>) => {
    const result = connectionInUse({ ...choice, ...change })
    if (!result.ok) throw new Error(result.problem)
    const { connection, origin, folder } = result.inUse
    return { id: connection.id, brokers: connection.brokers, topics: connection.topics, origin, folder }
  }
  const environment = readVariables({ KAFKA_BOOTSTRAP_SERVERS: 'env:9092' }).connection

  test('is the chosen one of the settings file, otherwise its first', () => {
    const saved = { origin: 'saved', topics: '^metrics-' }
    expect(chosen({})).toEqual({ ...saved, id: 'stage', brokers: ['kafka-2:9092'], folder: 'connections/stage' })
    expect(chosen({ inUse: 'gone' })).toMatchObject({ id: 'prod' })
  })

  test('is localhost:9092 if nothing is configured, with the cache where it always was', () => {
    expect(chosen({ connections: [], inUse: undefined })).toEqual({
      id: 'localhost',
      brokers: ['localhost:9092'],
      topics: '^metrics-',
      origin: 'unset',
      folder: '',
    })
  })

  test('is that of the environment, with the cache where it always was', () => {
    expect(chosen({ variables: environment })).toMatchObject({
      id: 'environment',
      brokers: ['env:9092'],
      origin: 'environment',
      folder: '',
    })
  })

  test('takes single fields from variables', () => {
    const { connection } = readVariables({ KAFKA_TOPIC_PATTERN: '^hosts-' })
    expect(chosen({ variables: connection })).toMatchObject({ id: 'stage', topics: '^hosts-' })
  })

  test('is that of --profile, by id or name, whatever the environment says', () => {
    const prodOnly = { id: 'prod', brokers: ['kafka-1:9093'], origin: 'saved' }
    expect(chosen({ profile: 'prod', variables: environment })).toMatchObject(prodOnly)
    expect(chosen({ profile: 'production' })).toMatchObject(prodOnly)
    expect(connectionInUse({ ...choice, profile: 'lab' })).toEqual({
      ok: false,
      problem: '--profile: no connection is named "lab". Saved: prod, stage.',
    })
  })
})

test('the help names every flag and variable', () => {
  const flags = [
    '--hidden',
    '--do-not-disturb',
    '--data-dir',
    '--team',
    '--version',
    '--help',
    '--profile',
    '--demo',
    '--config',
  ]
  for (const name of [...flags, ...launchVariableNames]) expect(helpText).toContain(`\n  ${name} `)
})

test('the README names every variable', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  for (const name of launchVariableNames) expect(readme).toContain(`\`${name}\``)
})
