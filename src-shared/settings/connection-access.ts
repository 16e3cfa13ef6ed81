import type { Connection, ConnectionSecrets, PemSource } from './connection.ts'
import type { ReadText } from './environment.ts'
import { toKafkaSecurity } from './kafka-security.ts'
import type { KafkaSecurity } from './kafka-security.ts'

/** How to reach the Kafka of a connection. `missing`: a secret that must be asked for. `problem`: one sentence. */
export type ConnectionAccess =
  | { readonly kind: 'ready'; readonly security: KafkaSecurity | undefined }
  | { readonly kind: 'missing'; readonly secret: 'password' | 'key' }
  | { readonly kind: 'wrong'; readonly problem: string }

/** Whether the connection signs in with a password. */
export function needsPassword({ protocol }: Pick<Connection, 'protocol'>): boolean {
  return protocol.startsWith('SASL')
}

/** Resolves files and secrets of a connection into what a Kafka client takes. */
export function connectionAccess(
  connection: Connection,
  secrets: ConnectionSecrets,
  readText: ReadText,
): ConnectionAccess {
  const { protocol, cert, key, keyPasted } = connection
  if (needsPassword(connection) && secrets.password === undefined) return { kind: 'missing', secret: 'password' }
  const usesKey = protocol.endsWith('SSL') && cert !== undefined
  if (usesKey && keyPasted && secrets.key === undefined) return { kind: 'missing', secret: 'key' }
  const keySource: PemSource | undefined = keyPasted && secrets.key !== undefined ? { text: secrets.key } : key
  try {
    return { kind: 'ready', security: securityOf(connection, { password: secrets.password, keySource }, readText) }
  } catch (cause) {
    return { kind: 'wrong', problem: withoutVariable(cause instanceof Error ? cause.message : String(cause)) }
  }
}

/** The settings of a connection have fields, not variables. */
function withoutVariable(problem: string): string {
  return problem
    .replace(/^KAFKA_SSL_CA: /, 'CA certificate: ')
    .replace(/^KAFKA_SSL_CERT: /, 'Client certificate: ')
    .replace(/^KAFKA_SSL_KEY: /, 'Key: ')
}

interface Resolved {
  readonly password: string | undefined
  readonly keySource: PemSource | undefined
}

function securityOf(
  { protocol, mechanism, username, ca, cert, verify }: Connection,
  { password, keySource }: Resolved,
  readText: ReadText,
): KafkaSecurity | undefined {
  // The reader of the variables takes paths; a pasted text gets a path that stands for it.
  const texts = new Map<string, string>()
  const path = (name: string, source: PemSource | undefined): string | undefined => {
    if (source === undefined || 'file' in source) return source?.file
    texts.set(name, source.text)
    return name
  }
  const usesTls = protocol.endsWith('SSL')
  const security = toKafkaSecurity(
    {
      KAFKA_SECURITY_PROTOCOL: protocol,
      KAFKA_SASL_MECHANISM: mechanism,
      KAFKA_SASL_USERNAME: username,
      KAFKA_SASL_PASSWORD: password,
      KAFKA_SSL_CA: usesTls ? path('the pasted CA', ca) : undefined,
      KAFKA_SSL_CERT: usesTls ? path('the pasted certificate', cert) : undefined,
      KAFKA_SSL_KEY: usesTls ? path('the pasted key', keySource) : undefined,
    },
    (file) => texts.get(file) ?? readText(file),
  )
  return security?.ssl && !verify ? { ...security, ssl: { ...security.ssl, verify: false } } : security
}
