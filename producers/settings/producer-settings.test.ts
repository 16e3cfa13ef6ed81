import { readingFrom } from '#shared/settings/settings-builders.ts'
import { describe, expect, test } from 'vitest'
import { flagOptions } from './producer-flags.ts'
import { readProducerSettings, type ProducerSettingsInput, variableNames } from './producer-settings.ts'
import { usage } from './usage.ts'

const read = (env: ProducerSettingsInput['env'], argv: readonly string[] = [], files: Record<string, string> = {}) =>
  readProducerSettings({ argv, env, readText: readingFrom(files) })

describe('readProducerSettings', () => {
  test('one node takes its defaults from the node id', () => {
    expect(read({ NODE_ID: 'node-3', METRIC_INTERVAL: '' })).toEqual({
      kind: 'run',
      settings: {
        nodes: [{ id: 'node-3', name: 'node-3', topic: 'metrics-node-3', seed: 3 }],
        source: 'host',
        intervalMs: 5000,
        partitions: 1,
        count: undefined,
        backlog: false,
        logFormat: 'text',
        kafka: { brokers: ['127.0.0.1:9092'] },
      },
    })
  })

  test('flags override the environment', () => {
    const env = { NODE_ID: 'a', METRIC_INTERVAL: '5', KAFKA_TOPIC: 'metrics-x', SEED: '7', METRIC_SOURCE: 'simulated' }
    const result = read(env, ['--interval', '0.25', '--topic', 'metrics-y', '--seed', '9', '--count', '3'])
    expect(result).toMatchObject({
      settings: { nodes: [{ id: 'a', topic: 'metrics-y', seed: 9 }], intervalMs: 250, count: 3 },
    })
  })

  test('a small fleet has a topic each, a large one shares a keyed topic of eight partitions', () => {
    expect(read({}, ['--nodes', '2', '--prefix', 'n'])).toMatchObject({
      settings: {
        nodes: [
          { id: 'n-1', topic: 'metrics-n-1', seed: 1 },
          { id: 'n-2', topic: 'metrics-n-2', seed: 2 },
        ],
        source: 'simulated',
        partitions: 1,
      },
    })
    const large = read({}, ['--nodes', '201'])
    expect(large.kind === 'run' && new Set(large.settings.nodes.map((node) => node.topic))).toEqual(
      new Set(['metrics-fleet']),
    )
    expect(large).toMatchObject({ settings: { partitions: 8 } })
  })

  test('all problems are listed together, without secrets', () => {
    const env = {
      NODE_ID: 'a b',
      METRIC_INTERVAL: 'soon',
      METRIC_SOURCE: 'moon',
      KAFKA_BOOTSTRAP_SERVERS: 'kafka',
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_PASSWORD: 'hunter2',
      KAFKA_SSL_KEY: '/key.pem',
    }
    const result = read(env, ['--backlog'])
    const problems = result.kind === 'problems' ? result.problems : []
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'KAFKA_BOOTSTRAP_SERVERS',
      'METRIC_INTERVAL',
      'METRIC_SOURCE',
      'KAFKA_SASL_USERNAME',
      'KAFKA_SSL_CERT',
      'NODE_ID',
      '--backlog',
      '--backlog',
    ])
    expect(problems.join()).not.toContain('hunter2')
  })

  test('an unknown flag and a file that cannot be read are problems, not exceptions', () => {
    expect(read({ NODE_ID: 'a' }, ['--fast'])).toEqual({ kind: 'problems', problems: ["Unknown option '--fast'"] })
    expect(read({ NODE_ID: 'a', KAFKA_SASL_PASSWORD_FILE: '/none' })).toEqual({
      kind: 'problems',
      problems: ['KAFKA_SASL_PASSWORD_FILE: cannot read /none (no such file).'],
    })
  })

  test('secrets come from files, and PEM files are read', () => {
    const env = {
      NODE_ID: 'a',
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'bob',
      KAFKA_SASL_PASSWORD_FILE: '/run/secrets/password',
      KAFKA_SSL_CA: '/ca.pem',
    }
    const ca = '-----BEGIN CERTIFICATE-----\nMA==\n'
    const files = { '/run/secrets/password': 'p:"w\n', '/ca.pem': ca }
    expect(read(env, [], files)).toMatchObject({
      settings: {
        kafka: {
          security: { ssl: { ca: [ca] }, sasl: { mechanism: 'scram-sha-512', username: 'bob', password: 'p:"w' } },
        },
      },
    })
  })
})

test('--help lists every flag and variable', () => {
  for (const flag of Object.keys(flagOptions)) expect(usage).toMatch(new RegExp(` --${flag}\\b`))
  for (const name of variableNames) expect(usage).toMatch(new RegExp(`\\b${name}\\b`))
})
