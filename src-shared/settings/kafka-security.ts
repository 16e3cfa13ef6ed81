import { schemaMessage } from '../format/schema-message.ts'
import { z } from 'zod'
import { type EnvironmentVariables, setVariables, type ReadText, readFileVariable } from './environment.ts'

const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
/** The mechanisms of ReMo. */
export const kafkaMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

/** Credentials of a client and the authorities it trusts. PEM texts, not paths. Plain data, structured-clonable. */
export interface KafkaSecurity {
  /**
   * If present: TLS. `ca`: only these authorities count; absent: those of Node, of the system and of
   * `NODE_EXTRA_CA_CERTS`. `cert` and `key` come together. `verify: false`: any certificate is accepted.
   */
  readonly ssl?: {
    readonly ca?: readonly string[]
    readonly cert?: string
    readonly key?: string
    readonly verify?: false
  }
  readonly sasl?: SaslCredentials<'plain'> | SaslCredentials<'scram-sha-256'> | SaslCredentials<'scram-sha-512'>
}

interface SaslCredentials<Mechanism extends string> {
  readonly mechanism: Mechanism
  readonly username: string
  readonly password: string
}

/** Names and meanings that Kafka clients share. The KAFKA_SSL_ ones are paths of PEM files. */
export const kafkaSecurityVariables = {
  KAFKA_SECURITY_PROTOCOL: z.enum(protocols, `expected one of ${protocols.join(', ')}`).default('PLAINTEXT'),
  KAFKA_SASL_MECHANISM: z.enum(kafkaMechanisms, `expected one of ${kafkaMechanisms.join(', ')}`).default('PLAIN'),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SSL_CA: z.string().optional(),
  KAFKA_SSL_CERT: z.string().optional(),
  KAFKA_SSL_KEY: z.string().optional(),
}

const Variables = z.object(kafkaSecurityVariables)
/** The parsed variables. */
export type KafkaSecurityVariables = z.output<typeof Variables>

/** All problems, one sentence each. They contain no secret. */
export type KafkaSecurityResult =
  | { readonly ok: true; readonly security: KafkaSecurity | undefined }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Kafka security from the environment; the password may come from KAFKA_SASL_PASSWORD_FILE. `undefined` for plain
 * connections.
 */
export function kafkaSecurity(env: EnvironmentVariables, readText: ReadText): KafkaSecurityResult {
  const given = setVariables(env, ['KAFKA_SASL_PASSWORD'], readText)
  const parsed = Variables.safeParse(given.values, { error: schemaMessage })
  const problems = [...given.problems]
  problems.push(...(parsed.error?.issues ?? []).map(({ path, message }) => `${String(path[0])}: ${message}.`))
  // A password in an unreadable file is not missing.
  if (given.problems.length === 0) problems.push(...kafkaConflicts(given.values).map((problem) => `${problem}.`))
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  try {
    return { ok: true, security: toKafkaSecurity(parsed.data, readText) }
  } catch (cause) {
    return { ok: false, problems: [cause instanceof Error ? cause.message : String(cause)] }
  }
}

/** Problems of the variables in combination. */
export function kafkaConflicts(raw: Readonly<Record<string, unknown>>): string[] {
  const protocol = protocols.find((known) => known === (raw['KAFKA_SECURITY_PROTOCOL'] || 'PLAINTEXT'))
  const problems: string[] = []
  if (protocol?.startsWith('SASL')) {
    for (const name of login)
      if (!raw[name]) problems.push(`${name}: required with KAFKA_SECURITY_PROTOCOL=${protocol}`)
  }
  problems.push(...pointless(raw, protocol))
  const absent = clientPair.filter((name) => !raw[name])
  if (absent.length === 1) problems.push(`${absent[0]}: required; a client certificate needs both files`)
  return problems
}

const login = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const
const clientPair = ['KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'] as const

/** A password or an authority without a connection that uses it is an error: a plain connection would be a surprise. */
function pointless(raw: Readonly<Record<string, unknown>>, protocol: (typeof protocols)[number] | undefined): string[] {
  if (protocol === undefined) return []
  const unusedLogin = protocol.startsWith('SASL') ? undefined : login.find((name) => raw[name])
  const unusedFile = protocol.endsWith('SSL') ? undefined : ['KAFKA_SSL_CA', ...clientPair].find((name) => raw[name])
  const sentence = (name: string, needed: string) =>
    `${name}: has no effect with KAFKA_SECURITY_PROTOCOL=${protocol}; set that to ${needed}`
  return [
    ...(unusedLogin ? [sentence(unusedLogin, 'SASL_SSL or SASL_PLAINTEXT')] : []),
    ...(unusedFile ? [sentence(unusedFile, 'SSL or SASL_SSL')] : []),
  ]
}

/** @throws an error whose message is a sentence, if a PEM file cannot be read or holds something else */
export function toKafkaSecurity(values: KafkaSecurityVariables, readText: ReadText): KafkaSecurity | undefined {
  const protocol = values.KAFKA_SECURITY_PROTOCOL
  if (protocol === 'PLAINTEXT') return undefined
  return {
    ...(protocol.endsWith('SSL') ? { ssl: tlsOf(values, readText) } : {}),
    ...(protocol.startsWith('SASL') ? { sasl: saslOf(values) } : {}),
  }
}

function tlsOf(values: KafkaSecurityVariables, readText: ReadText): NonNullable<KafkaSecurity['ssl']> {
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = values
  return {
    ...(ca ? { ca: [certificate('KAFKA_SSL_CA', ca, readText)] } : {}),
    ...(cert && key
      ? { cert: certificate('KAFKA_SSL_CERT', cert, readText), key: privateKey('KAFKA_SSL_KEY', key, readText) }
      : {}),
  }
}

/** Problems of the PEM files that variables name, one sentence each. */
export function pemFileProblems(values: Readonly<Record<string, string>>, readText: ReadText): string[] {
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = values
  const checks = [
    ca && (() => certificate('KAFKA_SSL_CA', ca, readText)),
    cert && (() => certificate('KAFKA_SSL_CERT', cert, readText)),
    key && (() => privateKey('KAFKA_SSL_KEY', key, readText)),
  ]
  return checks.flatMap((check) => {
    try {
      if (check) check()
      return []
    } catch (cause) {
      return [cause instanceof Error ? cause.message : String(cause)]
    }
  })
}

/** Node accepts any text as a list of authorities, and finds none in it. */
function certificate(name: string, path: string, readText: ReadText): string {
  const text = readFileVariable(name, path, readText)
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`${name}: ${path} is not a PEM certificate.`)
  return text
}

function privateKey(name: string, path: string, readText: ReadText): string {
  const text = readFileVariable(name, path, readText)
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(text)) {
    throw new Error(`${name}: ${path} is encrypted. Use a key without a passphrase.`)
  }
  if (!/-----BEGIN (\w+ )?PRIVATE KEY-----/.test(text)) throw new Error(`${name}: ${path} is not a PEM private key.`)
  return text
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
