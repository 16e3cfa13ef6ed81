import { z } from 'zod'
import type { KafkaAccess } from '../outbox/kafka-destination.ts'

const brokers = z
  .string()
  .default('127.0.0.1:9092')
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .pipe(
    z.array(z.string().regex(/^(\[[\da-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, 'host:port, several separated by commas')).min(1),
  )

const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

/** Names and meanings as every Kafka client knows them. The KAFKA_SSL_ ones are paths of PEM files. */
export const kafkaVariables = {
  KAFKA_BOOTSTRAP_SERVERS: brokers,
  KAFKA_SECURITY_PROTOCOL: z.enum(protocols).default('PLAINTEXT'),
  KAFKA_SASL_MECHANISM: z.enum(mechanisms).default('PLAIN'),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SSL_CA: z.string().optional(),
  KAFKA_SSL_CERT: z.string().optional(),
  KAFKA_SSL_KEY: z.string().optional(),
}

export type KafkaVariables = z.infer<z.ZodObject<typeof kafkaVariables>>

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
export function kafkaAccess(values: KafkaVariables, readText: (path: string) => string): KafkaAccess {
  const protocol = values.KAFKA_SECURITY_PROTOCOL
  return {
    brokers: values.KAFKA_BOOTSTRAP_SERVERS,
    ...(protocol.endsWith('SSL') ? { ssl: tls(values, readText) } : {}),
    ...(protocol.startsWith('SASL') ? { sasl: sasl(values) } : {}),
  }
}

function tls(values: KafkaVariables, readText: (path: string) => string) {
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = values
  return {
    ...(ca ? { ca: [readText(ca)] } : {}),
    ...(cert && key ? { cert: readText(cert), key: readText(key) } : {}),
  }
}

function sasl(values: KafkaVariables): NonNullable<KafkaAccess['sasl']> {
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
