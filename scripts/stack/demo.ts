import { kafkaSecurityVariables } from '#shared/settings/kafka-security.ts'

/** How the demo's backend is set, the same natively and in compose.yaml. */
export const demoBackend = {
  JWT_SECRET_KEY: 'remo-demo',
  REMO_DEMO: 'true',
  REGISTRATION: 'open',
  PASSWORD_MIN_LENGTH: '8',
} as const

/** Of the demo's PostgreSQL, for the user and the database `remo`. */
export const demoDatabasePassword = 'remo'

/** What a backend with REMO_DEMO seeds. */
export const demoAccount = { username: 'admin', password: 'admin123' } as const

/** How programs reach the demo's Kafka: plainly, whatever is set in this shell for another one. */
export function demoKafka(bootstrap: string): Record<string, string> {
  const names = ['KAFKA_BOOTSTRAP_SERVERS', ...Object.keys(kafkaSecurityVariables)]
  const nothing = names.flatMap((name) => [name, `${name}_FILE`]).map((name) => [name, ''] as const)
  return { ...Object.fromEntries(nothing), KAFKA_BOOTSTRAP_SERVERS: bootstrap }
}

/** The four servers of the demo, the same natively and in compose.yaml. */
export interface DemoNode {
  id: string
  name: string
  topic: string
  /** Makes the simulated day of this server reproducible. */
  seed: number
}

export const demoNodes: readonly DemoNode[] = ['Server-Alpha', 'Server-Beta', 'Server-Gamma', 'Server-Delta'].map(
  (name, index) => ({ id: `node-${index + 1}`, name, topic: `metrics-node-${index + 1}`, seed: index + 1 }),
)

/** Seconds between two messages of a demo server: short enough that the charts move while one looks. */
export const demoInterval = 2
