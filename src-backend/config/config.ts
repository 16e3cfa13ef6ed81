import { schemaMessage } from '#shared/format/schema-message.ts'
import type { LogFormat } from '#shared/log-line.ts'
import type { LogLevel } from '#shared/log.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import {
  type EnvironmentVariables,
  readFileVariable,
  setVariables,
  type ReadText,
} from '#shared/settings/environment.ts'
import { kafkaSecurity, type KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { z } from 'zod'
import type { KafkaSettings } from '../../src-kafka/client/kafka-settings.ts'
import { parseMappingsFile } from '../mappings/mappings-file.ts'
import { addressProblem, type WebhookTarget, webhookTarget } from '../second-channel/target.ts'
import { secretNames, variables } from './variables.ts'
import { hasGuessablePassword, keyWeakness } from './weak-secrets.ts'

/** Configuration of this backend. Retention is in days. */
export interface Config {
  readonly databaseUrl: string
  /** For the API. */
  readonly databaseConnections: number
  readonly jwtSecretKey: string
  readonly kafka: KafkaSettings
  /** Mappings of a file, one of a topic; absent: no file is set. */
  readonly mappings?: readonly FieldMapping[]
  /** Team name on a Kafka that several teams share; empty: the only team. */
  readonly team: string
  /** 0: any free port. */
  readonly port: number
  readonly prometheusPort: number
  /** Seeds admin/admin123 and accepts weak secrets: for a disposable stack. */
  readonly demo: boolean
  readonly registration: 'closed' | 'open'
  readonly passwordMinLength: number
  readonly retention: {
    readonly rawDays: number
    readonly rollupDays: number
    readonly alertDays: number
    readonly auditDays: number
  }
  /** A silence that does not repeat lasts at most this long. */
  readonly silenceLongestDays: number
  /** Origins that browsers may call from; none: CORS is off. */
  readonly corsOrigins: readonly string[]
  /** Number of proxies in front whose X-Forwarded-For is trusted. */
  readonly trustProxy: number
  /** Serves the API documentation to anyone who can reach it. By default only in a demo. */
  readonly apiDocs: boolean
  /** Requests per second of one address, averaged over ten seconds. */
  readonly requestsPerSecond: number
  /** The webhook for critical alerts that no console showed; absent: no address is set. */
  readonly webhook?: WebhookTarget
  readonly notifyAfterMinutes: number
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  /** Git commit that the image was built from. */
  readonly revision?: string
}

export type ConfigResult =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] }

const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .refine(
    (list) => list.every((broker) => /^(\[[\da-fA-F:]+\]|[^\s:/]+):\d{1,5}$/.test(broker)),
    'expected host:port, comma-separated',
  )

const Variables = z.object({ ...variables, KAFKA_BOOTSTRAP_SERVERS: brokers })

/**
 * The configuration, or all its errors, one sentence each. Values of secrets are not repeated.
 * @param readText throws if it cannot read the file
 */
export function readConfig(env: EnvironmentVariables, readText: ReadText): ConfigResult {
  const { values: given, problems: unread } = setVariables(env, secretNames, readText)
  const problems = [...unread]
  const parsed = Variables.safeParse(given, { error: schemaMessage })
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const name = String(path[0])
      if (!problems.some((problem) => problem.startsWith(name))) problems.push(sentence(name, message, given[name]))
    }
  }
  const access = kafkaSecurity(env, readText)
  problems.push(...(access.ok ? [] : access.problems), ...weaknesses(given))
  problems.push(...webhookProblems(given))
  const file = mappingsOf(given['REMO_MAPPINGS_FILE'], readText)
  problems.push(...file.problems)
  if (!parsed.success || !access.ok || problems.length > 0) return { ok: false, problems }
  const { mappings } = file
  const config = toConfig(parsed.data, access.security)
  return { ok: true, config: mappings === undefined ? config : { ...config, mappings } }
}

interface MappingsRead {
  readonly mappings?: readonly FieldMapping[]
  readonly problems: readonly string[]
}

function mappingsOf(path: string | undefined, readText: ReadText): MappingsRead {
  if (path === undefined) return { problems: [] }
  try {
    const read = parseMappingsFile(readFileVariable('REMO_MAPPINGS_FILE', path, readText))
    if (read.ok) return { mappings: read.mappings, problems: [] }
    return { problems: read.problems.map((problem) => `REMO_MAPPINGS_FILE: ${path}: ${problem}.`) }
  } catch (cause) {
    return { problems: [(cause as Error).message] }
  }
}

function toConfig(values: z.output<typeof Variables>, security: KafkaSecurity | undefined): Config {
  return {
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    jwtSecretKey: values.JWT_SECRET_KEY,
    kafka: {
      brokers: values.KAFKA_BOOTSTRAP_SERVERS,
      topicPattern: values.KAFKA_TOPIC_PATTERN,
      clientId: 'remo-backend',
      ...(values.KAFKA_CLIENT_RACK === undefined ? {} : { rack: values.KAFKA_CLIENT_RACK }),
      ...(security === undefined ? {} : { security }),
    },
    team: values.REMO_TEAM ?? '',
    port: values.PORT,
    prometheusPort: values.PROMETHEUS_PORT,
    demo: values.REMO_DEMO,
    registration: values.REGISTRATION,
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    retention: {
      rawDays: values.RETENTION_RAW_DAYS,
      rollupDays: values.RETENTION_ROLLUP_DAYS,
      alertDays: values.RETENTION_ALERT_DAYS,
      auditDays: values.RETENTION_AUDIT_DAYS,
    },
    silenceLongestDays: values.SILENCE_LONGEST_DAYS,
    corsOrigins: values.CORS_ORIGINS ?? [],
    trustProxy: values.TRUST_PROXY,
    apiDocs: values.API_DOCS === undefined ? values.REMO_DEMO : values.API_DOCS === 'on',
    requestsPerSecond: values.RATE_LIMIT,
    ...(values.NOTIFY_WEBHOOK_URL === undefined ? {} : { webhook: webhookOf(values, values.NOTIFY_WEBHOOK_URL) }),
    notifyAfterMinutes: values.NOTIFY_AFTER_MINUTES,
    logLevel: values.REMO_LOG_LEVEL,
    logFormat: values.REMO_LOG_FORMAT,
    ...(values.REMO_REVISION === undefined ? {} : { revision: values.REMO_REVISION }),
  }
}

type Values = z.output<typeof Variables>

function webhookOf(
  { NOTIFY_WEBHOOK_FORMAT: format, NOTIFY_WEBHOOK_SECRET: secret }: Values,
  url: string,
): WebhookTarget {
  return webhookTarget(url, { format, secret })
}

/** A secret without an address is a mistake too: the operator believes that the channel is on. */
function webhookProblems(given: Record<string, string>): string[] {
  const { NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret } = given
  if (url === undefined) {
    return secret === undefined
      ? []
      : ['NOTIFY_WEBHOOK_URL (or NOTIFY_WEBHOOK_URL_FILE): required with NOTIFY_WEBHOOK_SECRET.']
  }
  const format = variables.NOTIFY_WEBHOOK_FORMAT.safeParse(given['NOTIFY_WEBHOOK_FORMAT'])
  const problem = addressProblem(url, format.data ?? 'json')
  return problem === undefined ? [] : [`NOTIFY_WEBHOOK_URL: ${problem}.`]
}

/** Weak secrets; the demo accepts them. */
function weaknesses(given: Record<string, string>): string[] {
  if (given['REMO_DEMO'] === 'true') return []
  const problems: string[] = []
  const key = given['JWT_SECRET_KEY']
  const weakness = key === undefined ? undefined : keyWeakness(key)
  if (weakness) problems.push(`JWT_SECRET_KEY: ${weakness}. Generate one: openssl rand -base64 48`)
  const url = given['DATABASE_URL']
  if (url !== undefined && variables.DATABASE_URL.safeParse(url).success && hasGuessablePassword(url)) {
    problems.push('DATABASE_URL: the password is too easy to guess. Choose another.')
  }
  return problems
}

function sentence(name: string, message: string, value: string | undefined): string {
  const isSecret = (secretNames as readonly string[]).includes(name)
  if (value === undefined) return isSecret ? `${name} (or ${name}_FILE): required.` : `${name}: required.`
  return isSecret ? `${name}: ${message}.` : `${name}: ${message}, got ${JSON.stringify(value)}.`
}
