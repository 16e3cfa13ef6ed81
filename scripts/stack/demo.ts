import { kafkaSecurityVariables } from '#shared/settings/kafka-security.ts'

/** Settings of the demo's backend, the same natively and in compose.yaml. */
export const demoBackend = {
  JWT_SECRET_KEY: 'remo-demo',
  REMO_DEMO: 'true',
  REGISTRATION: 'open',
  PASSWORD_MIN_LENGTH: '8',
} as const

/** Password of the user `remo` in the demo's PostgreSQL. */
export const demoDatabasePassword = 'remo'

/** The account that a backend with REMO_DEMO creates. */
export const demoAccount = { username: 'admin', password: 'admin123' } as const

/**
 * Settings of the demo's broker, the same natively and in compose.yaml. A producer that does not create its topic can
 * write to a new one, as with the first ReMo's Kafka. ReMo's own programs never create topics by a request for metadata.
 */
export const demoBroker = { 'auto.create.topics.enable': 'true' } as const

/** Plain text to the demo's Kafka: overrides this shell's variables for another one. */
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
  /** Seed that makes the simulated day of this server reproducible. */
  seed: number
}

export const demoNodes: readonly DemoNode[] = ['Server-Alpha', 'Server-Beta', 'Server-Gamma', 'Server-Delta'].map(
  (name, index) => ({ id: `node-${index + 1}`, name, topic: `metrics-node-${index + 1}`, seed: index + 1 }),
)

/** Seconds between two messages of a demo server: short enough for charts that visibly move. */
export const demoInterval = 2
