import { Kafka, logLevel, type Producer } from 'kafkajs'

export interface FieldMessage {
  readonly nodeId: string
  readonly nodeName?: string
  readonly at: number
  readonly metrics: Readonly<Record<string, number>>
}

/**
 * A metric message in the format of field producers: no key, a space after `:` and `,`, six fractional digits (none if
 * all are zero), whole numbers with `.0`.
 */
function fieldMessage({ nodeId, nodeName, at, metrics }: FieldMessage): string {
  const iso = new Date(at).toISOString()
  const timestamp = at % 1000 === 0 ? iso.replace(/\.\d+Z$/, 'Z') : iso.replace(/Z$/, '000Z')
  const body = Object.entries(metrics)
    .map(([name, value]) => `"${name}": ${Number.isInteger(value) ? value.toFixed(1) : String(value)}`)
    .join(', ')
  return `{"node_id": "${nodeId}", "node_name": "${nodeName ?? `Server ${nodeId}`}", "timestamp": "${timestamp}", "metrics": {${body}}}`
}

/** Writes records to a real broker like field producers: one topic per node, created if missing, acks all. */
export class FieldProducer {
  readonly #kafka: Kafka
  readonly #producer: Producer
  readonly #topics = new Set<string>()

  constructor(bootstrap: string) {
    this.#kafka = new Kafka({ clientId: 'field', brokers: [bootstrap], logLevel: logLevel.NOTHING })
    this.#producer = this.#kafka.producer({ allowAutoTopicCreation: false })
  }

  async connect(): Promise<this> {
    await this.#producer.connect()
    return this
  }

  async send(...messages: readonly FieldMessage[]): Promise<void> {
    for (const message of messages) {
      await this.sendRaw(`metrics-${message.nodeId}`, fieldMessage(message))
    }
  }

  /** Any bytes, including garbage; `null` is a tombstone. */
  async sendRaw(topic: string, value: string | Buffer | null): Promise<void> {
    await this.createTopic(topic)
    await this.#producer.send({ topic, acks: -1, messages: [{ key: null, value }] })
  }

  async createTopic(topic: string, configEntries: ReadonlyArray<{ name: string; value: string }> = []): Promise<void> {
    if (this.#topics.has(topic)) return
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      await admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic, numPartitions: 1, configEntries: [...configEntries] }],
      })
      // The broker answers before there is a leader. A topic is usable when its offsets are readable.
      await eventually(async () => {
        await admin.fetchTopicOffsets(topic)
      })
    } finally {
      await admin.disconnect()
    }
    this.#topics.add(topic)
  }

  /** Empties Kafka: deletes all topics of metrics and of the team. */
  async deleteTopics(): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const left = async () => (await admin.listTopics()).filter((topic) => /^(metrics|remo)-/.test(topic))
      const topics = await left()
      if (topics.length > 0) await admin.deleteTopics({ topics })
      await eventually(async () => {
        const remaining = await left()
        if (remaining.length > 0) throw new Error(`topics not deleted: ${remaining.join(', ')}`)
      })
    } finally {
      await admin.disconnect()
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect()
  }
}

/** Retries until the attempt does not throw; throws its last error after `withinMs`. */
export async function eventually(attempt: () => Promise<void>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
