import { WebhookFormat } from '#shared/rest/second-channel.ts'
import { TeamName } from '#shared/team/team-topics.ts'
import { z } from 'zod'

/** A whole number with its range. The error message names the range. */
function whole(min: number, max: number, unit = '') {
  const expected = `expected a whole number from ${min} to ${max}${unit}`
  return z
    .string()
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
}

const yesOrNo = z.enum(['true', 'false'], 'expected true or false').transform((value) => value === 'true')

const databaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:port/database' })
  .refine((url) => new URL(url).pathname.length > 1, 'expected a database name after the host')

/** Origins separated by commas, as browsers send them: no path, no wildcard. */
const origins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'expected comma-separated origins such as https://board.example.com',
  )

const topicPattern = z.string().refine((text) => {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}, 'expected a regular expression such as ^metrics-')

/**
 * The backend's variables with their defaults, except those of Kafka. No secret has a default. An empty variable counts
 * as not set, as shells and compose files write it.
 */
export const variables = {
  DATABASE_URL: databaseUrl,
  JWT_SECRET_KEY: z.string({ error: 'required' }),
  KAFKA_TOPIC_PATTERN: topicPattern.prefault('^metrics-'),
  KAFKA_CLIENT_RACK: z.string().optional(),
  REMO_MAPPINGS_FILE: z.string().optional(),
  REMO_TEAM: TeamName.optional(),
  PORT: whole(0, 65_535).prefault('8000'),
  PROMETHEUS_PORT: whole(0, 65_535).prefault('8001'),
  REMO_DEMO: yesOrNo.prefault('false'),
  REGISTRATION: z.enum(['closed', 'open'], 'expected closed or open').prefault('closed'),
  PASSWORD_MIN_LENGTH: whole(8, 64, ' characters').prefault('12'),
  RETENTION_RAW_DAYS: whole(1, 3_650, ' days').prefault('14'),
  RETENTION_ROLLUP_DAYS: whole(1, 3_650, ' days').prefault('365'),
  RETENTION_ALERT_DAYS: whole(1, 3_650, ' days').prefault('90'),
  RETENTION_AUDIT_DAYS: whole(1, 3_650, ' days').prefault('365'),
  SILENCE_LONGEST_DAYS: whole(1, 366, ' days').prefault('30'),
  DATABASE_CONNECTIONS: whole(4, 200).prefault('16'),
  CORS_ORIGINS: origins.optional(),
  TRUST_PROXY: whole(0, 10, ' proxies').prefault('0'),
  RATE_LIMIT: whole(1, 100_000, ' requests a second').prefault('100'),
  API_DOCS: z.enum(['on', 'off'], 'expected on or off').optional(),
  NOTIFY_WEBHOOK_URL: z.string().optional(),
  NOTIFY_WEBHOOK_FORMAT: WebhookFormat.prefault('json'),
  NOTIFY_WEBHOOK_SECRET: z.string().min(16, 'expected at least 16 characters').optional(),
  NOTIFY_AFTER_MINUTES: whole(1, 1_440, ' minutes').prefault('5'),
  REMO_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error').prefault('info'),
  REMO_LOG_FORMAT: z.enum(['text', 'json'], 'expected text or json').prefault('json'),
  REMO_REVISION: z.string().max(64, 'expected at most 64 characters').optional(),
}

/** These may also be set as NAME_FILE, the path of a file with the value. */
export const secretNames = ['DATABASE_URL', 'JWT_SECRET_KEY', 'NOTIFY_WEBHOOK_URL', 'NOTIFY_WEBHOOK_SECRET'] as const
