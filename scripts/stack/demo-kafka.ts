import { kafkaSecurityVariables } from '#shared/settings/kafka-security.ts'

/** How programs reach the demo's Kafka: plainly, whatever is set in this shell for another one. */
export function demoKafka(bootstrap: string): Record<string, string> {
  const security = [...Object.keys(kafkaSecurityVariables), 'KAFKA_SASL_PASSWORD_FILE']
  return { ...Object.fromEntries(security.map((name) => [name, ''])), KAFKA_BOOTSTRAP_SERVERS: bootstrap }
}
