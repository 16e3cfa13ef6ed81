import { kafkaSecurityVariables } from '#shared/settings/kafka-security.ts'

/** How programs reach the demo's Kafka: plainly, whatever is set in this shell for another one. */
export function demoKafka(bootstrap: string): Record<string, string> {
  const names = ['KAFKA_BOOTSTRAP_SERVERS', ...Object.keys(kafkaSecurityVariables)]
  const nothing = names.flatMap((name) => [name, `${name}_FILE`]).map((name) => [name, ''] as const)
  return { ...Object.fromEntries(nothing), KAFKA_BOOTSTRAP_SERVERS: bootstrap }
}
