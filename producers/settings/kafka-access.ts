import type { ConnectionOptions } from 'node:tls'
import { z } from 'zod'
import { type KafkaSecurity, kafkaSecurityVariables, toKafkaSecurity } from '#shared/settings/kafka-security.ts'
import type { KafkaAccess } from '../outbox/kafka-destination.ts'

export { kafkaConflicts } from '#shared/settings/kafka-security.ts'

const brokers = z
  .string()
  .default('127.0.0.1:9092')
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .pipe(
    z.array(z.string().regex(/^(\[[\da-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, 'host:port, several separated by commas')).min(1),
  )

export const kafkaVariables = { KAFKA_BOOTSTRAP_SERVERS: brokers, ...kafkaSecurityVariables }

export type KafkaVariables = z.infer<z.ZodObject<typeof kafkaVariables>>

/** @param readText throws when a PEM file cannot be read */
export function kafkaAccess(values: KafkaVariables, readText: (path: string) => string): KafkaAccess {
  const { ssl, sasl } = toKafkaSecurity(values, readText) ?? {}
  return {
    brokers: values.KAFKA_BOOTSTRAP_SERVERS,
    ...(ssl ? { ssl: tlsOptions(ssl) } : {}),
    ...(sasl ? { sasl } : {}),
  }
}

/** kafkajs wants its lists writable. */
function tlsOptions({ ca, ...pair }: NonNullable<KafkaSecurity['ssl']>): ConnectionOptions {
  return ca ? { ...pair, ca: [...ca] } : pair
}
