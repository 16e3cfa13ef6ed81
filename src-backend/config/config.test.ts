import { readingFrom } from '#shared/settings/settings-builders.ts'
import { describe, expect, test } from 'vitest'
import { type ConfigResult, readConfig } from './config.ts'

const key = 'k9fTq2mV7xLw4bRz8NcYpJ3hGdS6uAeX1oKiQtBv'
const good = {
  DATABASE_URL: 'postgres://remo:l0ng-and-odd@db:5432/remo',
  KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092',
  JWT_SECRET_KEY: key,
}
const read = (env: Record<string, string>, files: Record<string, string> = {}): ConfigResult =>
  readConfig(env, readingFrom(files))

const problemsOf = (result: ConfigResult) => (result.ok ? [] : result.problems)

describe('readConfig', () => {
  test('three variables are enough, the rest has defaults', () => {
    const result = read(good)
    expect(result).toMatchObject({
      ok: true,
      config: {
        port: 8000,
        prometheusPort: 8001,
        demo: false,
        registration: 'closed',
        passwordMinLength: 12,
        retention: { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 },
        corsOrigins: [],
        trustProxy: 0,
        kafka: { brokers: ['kafka:9092'], topicPattern: '^metrics-' },
      },
    })
  })

  test.each([
    [{}, false],
    [{ API_DOCS: 'on' }, true],
    [{ REMO_DEMO: 'true' }, true],
    [{ REMO_DEMO: 'true', API_DOCS: 'off' }, false],
  ])('documentation is public in a demo, elsewhere only if configured: %o', (env, apiDocs) => {
    expect(read({ ...good, ...env })).toMatchObject({ ok: true, config: { apiDocs } })
  })

  test('all errors are reported together, and no secret is repeated', () => {
    const problems = problemsOf(
      read({ DATABASE_URL: 'mysql://root:hunter2@db/x', PORT: '70000', REMO_DEMO: 'yes', CORS_ORIGINS: '*' }),
    )
    expect(problems).toEqual([
      'DATABASE_URL: expected postgres://user:password@host:port/database.',
      'JWT_SECRET_KEY (or JWT_SECRET_KEY_FILE): required.',
      'PORT: expected a whole number from 0 to 65535, got "70000".',
      'REMO_DEMO: expected true or false, got "yes".',
      'CORS_ORIGINS: expected comma-separated origins such as https://board.example.com, got "*".',
      'KAFKA_BOOTSTRAP_SERVERS: required.',
    ])
  })

  test('mappings come from a file, and each problem in it is named', () => {
    const press = { topic: 'press-line', node: 'machine.serial', values: 'readings' }
    const env = { ...good, REMO_MAPPINGS_FILE: '/run/mappings.json' }
    const fileWith = (mappings: readonly object[]) =>
      read(env, { '/run/mappings.json': JSON.stringify({ remo: 'mappings', mappings }) })
    expect(fileWith([press])).toMatchObject({ ok: true, config: { mappings: [press] } })
    expect(
      problemsOf(
        fileWith([
          { ...press, node: '' },
          { ...press, value: 7 },
        ]),
      ),
    ).toEqual([
      'REMO_MAPPINGS_FILE: /run/mappings.json: mappings.0.node: expected a path such as machine.serial or readings[*].',
      'REMO_MAPPINGS_FILE: /run/mappings.json: mappings.1.value: expected text.',
    ])
    expect(problemsOf(read(env))).toEqual([
      expect.stringMatching(/^REMO_MAPPINGS_FILE: cannot read \/run\/mappings\.json \(.+\)\.$/),
    ])
    expect(read(good)).not.toHaveProperty('config.mappings')
  })

  test('a secret may come from a file, with a line end', () => {
    const { JWT_SECRET_KEY: _, ...rest } = good
    const result = read({ ...rest, JWT_SECRET_KEY_FILE: '/run/key' }, { '/run/key': `${key}\n` })
    expect(result.ok && result.config.jwtSecretKey).toBe(key)
  })

  test('a missing file, and a value together with its file, are refused', () => {
    expect(problemsOf(read({ ...good, DATABASE_URL_FILE: '/a' }))).toEqual([
      'DATABASE_URL: set either DATABASE_URL or DATABASE_URL_FILE, not both.',
    ])
    const { JWT_SECRET_KEY: _, ...rest } = good
    expect(problemsOf(read({ ...rest, JWT_SECRET_KEY_FILE: '/b' }))).toEqual([
      'JWT_SECRET_KEY_FILE: cannot read /b (no such file).',
    ])
  })

  test.each([
    ['short', 'is shorter than 32 bytes'],
    ['your-secret-key-change-in-production-please', 'is a published sample value'],
    ['a1'.repeat(20), 'has too few different characters'],
  ])('the key %s is refused, except by the demo', (weak, reason) => {
    expect(problemsOf(read({ ...good, JWT_SECRET_KEY: weak }))[0]).toContain(reason)
    expect(read({ ...good, JWT_SECRET_KEY: weak, REMO_DEMO: 'true' }).ok).toBe(true)
  })

  test('a guessable database password is refused, except by the demo', () => {
    const env = { ...good, DATABASE_URL: 'postgres://postgres:postgres@db/remo' }
    expect(problemsOf(read(env))).toEqual(['DATABASE_URL: the password is too easy to guess. Choose another.'])
    expect(read({ ...env, REMO_DEMO: 'true' }).ok).toBe(true)
  })

  test('a second channel has an address, which is not repeated', () => {
    const webhook = {
      NOTIFY_WEBHOOK_URL: 'https://ops:hunter2@hooks.example.com/T0/a.secret',
      NOTIFY_WEBHOOK_FORMAT: 'slack',
    }
    const result = read({ ...good, ...webhook })
    expect(result.ok && result.config.webhook?.url.href).toBe('https://hooks.example.com/T0/a.secret')
    const problems = problemsOf(
      read({ ...good, ...webhook, NOTIFY_WEBHOOK_FORMAT: 'ntfy', NOTIFY_WEBHOOK_SECRET: 'short' }),
    )
    expect(problems).toEqual([
      'NOTIFY_WEBHOOK_SECRET: expected at least 16 characters.',
      'NOTIFY_WEBHOOK_URL: expected https://host/topic for ntfy: letters, digits, - and _, at most 64.',
    ])
    expect(problemsOf(read({ ...good, NOTIFY_WEBHOOK_SECRET: '0123456789abcdef' }))).toEqual([
      'NOTIFY_WEBHOOK_URL (or NOTIFY_WEBHOOK_URL_FILE): required with NOTIFY_WEBHOOK_SECRET.',
    ])
    expect(read(good)).toMatchObject({ ok: true, config: { notifyAfterMinutes: 5 } })
  })
})
