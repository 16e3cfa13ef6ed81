import { z } from 'zod'
import { kafkaSecurityVariables, toKafkaSecurity } from '#shared/settings/kafka-security.ts'
import type { ClientAccess } from '../../src-kafka/client/kafka-settings.ts'

export { kafkaConflicts } from '#shared/settings/kafka-security.ts'

const brokers = z
  .string()
  .default('127.0.0.1:9092')
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .pipe(
    z.array(z.string().regex(/^(\[[\da-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, 'host:port, several separated by commas')).min(1),
  )

export const kafkaVariables = { KAFKA_BOOTSTRAP_SERVERS: brokers, ...kafkaSecurityVariables }

export type ProducerKafkaVariables = z.infer<z.ZodObject<typeof kafkaVariables>>

/** @param readText throws if a PEM file cannot be read */
export function producerKafka(values: ProducerKafkaVariables, readText: (path: string) => string): ClientAccess {
  const security = toKafkaSecurity(values, readText)
  return { brokers: values.KAFKA_BOOTSTRAP_SERVERS, ...(security ? { security } : {}) }
}
