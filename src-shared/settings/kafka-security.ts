import { z } from 'zod'

const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

/** How a client proves who it is and who the broker is. PEM texts, not paths. Plain data, structured-clonable. */
export interface KafkaSecurity {
  /** Present: TLS. Without `ca` the authorities that Node trusts; `cert` and `key` come together. */
  readonly ssl?: { readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string }
  readonly sasl?: Login<'plain'> | Login<'scram-sha-256'> | Login<'scram-sha-512'>
}

interface Login<Mechanism extends string> {
  readonly mechanism: Mechanism
  readonly username: string
  readonly password: string
}

/** Names and meanings as every Kafka client knows them. The KAFKA_SSL_ ones are paths of PEM files. */
export const kafkaSecurityVariables = {
  KAFKA_SECURITY_PROTOCOL: z.enum(protocols, `expected one of ${protocols.join(', ')}`).default('PLAINTEXT'),
  KAFKA_SASL_MECHANISM: z.enum(mechanisms, `expected one of ${mechanisms.join(', ')}`).default('PLAIN'),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SSL_CA: z.string().optional(),
  KAFKA_SSL_CERT: z.string().optional(),
  KAFKA_SSL_KEY: z.string().optional(),
}

const Variables = z.object(kafkaSecurityVariables)
/** The parsed variables. */
export type KafkaSecurityVariables = z.output<typeof Variables>

type Environment = Readonly<Record<string, string | undefined>>

/** Everything that is wrong, one sentence each; no secret is repeated. */
export type KafkaSecurityResult =
  | { readonly ok: true; readonly security: KafkaSecurity | undefined }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Kafka security from the environment; `undefined` for plain connections. A variable that is set to nothing counts as
 * not set. @param readText throws when a PEM file cannot be read
 */
export function kafkaSecurity(env: Environment, readText: (path: string) => string): KafkaSecurityResult {
  const names = Object.keys(kafkaSecurityVariables)
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const parsed = Variables.safeParse(given)
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => `${String(path[0])}: ${message}.`)
  problems.push(...kafkaConflicts(given).map((problem) => `${problem}.`))
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  try {
    return { ok: true, security: toKafkaSecurity(parsed.data, readText) }
  } catch (cause) {
    return { ok: false, problems: [cause instanceof Error ? cause.message : String(cause)] }
  }
}

/** What is wrong with the variables taken together, as given. */
export function kafkaConflicts(raw: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = []
  const protocol = raw['KAFKA_SECURITY_PROTOCOL']
  if (typeof protocol === 'string' && protocol.startsWith('SASL')) {
    for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']) {
      if (!raw[name]) problems.push(`${name}: is needed with KAFKA_SECURITY_PROTOCOL=${protocol}`)
    }
  }
  const pair = ['KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'] as const
  const absent = pair.filter((name) => !raw[name])
  if (absent.length === 1) problems.push(`${absent[0]}: is needed too, a client certificate has both files`)
  return problems
}

/** @param readText throws when a PEM file cannot be read */
export function toKafkaSecurity(
  values: KafkaSecurityVariables,
  readText: (path: string) => string,
): KafkaSecurity | undefined {
  const protocol = values.KAFKA_SECURITY_PROTOCOL
  if (protocol === 'PLAINTEXT') return undefined
  return {
    ...(protocol.endsWith('SSL') ? { ssl: tlsOf(values, readText) } : {}),
    ...(protocol.startsWith('SASL') ? { sasl: saslOf(values) } : {}),
  }
}

function tlsOf(values: KafkaSecurityVariables, readText: (path: string) => string): NonNullable<KafkaSecurity['ssl']> {
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = values
  return {
    ...(ca ? { ca: [readText(ca)] } : {}),
    ...(cert && key ? { cert: readText(cert), key: readText(key) } : {}),
  }
}

function saslOf(values: KafkaSecurityVariables): NonNullable<KafkaSecurity['sasl']> {
  const { KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password = '' } = values
  switch (values.KAFKA_SASL_MECHANISM) {
    case 'PLAIN':
      return { mechanism: 'plain', username, password }
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username, password }
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username, password }
  }
}
