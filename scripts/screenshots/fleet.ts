import { Kafka, logLevel, type Producer } from 'kafkajs'
import { demoHistoryMs, demoServers, type DemoServer } from '../../src-main/data/demo/demo-servers.ts'

const topic = 'metrics-servers'
const sendEveryMs = 200
/** Messages of one request: Kafka takes at most 1 MB. */
const atOnce = 2_000

/** Before the backend starts: later it would look for new topics only after half a minute. */
export async function createFleetTopic(bootstrap: string): Promise<void> {
  const admin = clientOf(bootstrap).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true })
  await admin.disconnect()
}

/** The servers of the demo, as producers that write to a real Kafka: an hour of history, and then live. */
export class Fleet {
  readonly #servers: readonly DemoServer[]
  readonly #startedAt: number
  readonly #producer: Producer
  readonly #next: number[]
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()

  private constructor(producer: Producer, startedAt: number) {
    this.#producer = producer
    this.#startedAt = startedAt
    this.#servers = demoServers({ seed: 1, startedAt })
    this.#next = this.#servers.map(() => 0)
  }

  /** @param startedAt as of the demo, epoch ms. All messages up to now are in Kafka when it resolves. */
  static async start(bootstrap: string, startedAt: number): Promise<Fleet> {
    const producer = clientOf(bootstrap).producer({ allowAutoTopicCreation: false })
    await producer.connect()
    const fleet = new Fleet(producer, startedAt)
    await fleet.#send()
    fleet.#timer = setInterval(() => {
      fleet.#sending = fleet.#sending.then(() => fleet.#send()).catch(() => undefined) // Kafka is down
    }, sendEveryMs)
    return fleet
  }

  /** A message that ReMo rejects, or any other text. */
  async sendText(value: string): Promise<void> {
    await this.#producer.send({ topic, messages: [{ key: 'camera-7', value }] })
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sending
    await this.#producer.disconnect()
  }

  async #send(): Promise<void> {
    const now = Date.now()
    const messages = this.#servers.flatMap((server, index) => this.#due(server, index, now))
    messages.sort((a, b) => Number(a.timestamp) - Number(b.timestamp))
    for (let from = 0; from < messages.length; from += atOnce) {
      await this.#producer.send({ topic, messages: messages.slice(from, from + atOnce) })
    }
  }

  #due(server: DemoServer, index: number, now: number) {
    const from = Math.max(this.#next[index] ?? 0, server.firstAfter(this.#startedAt - demoHistoryMs))
    const end = server.firstAfter(now)
    this.#next[index] = end
    return Array.from({ length: Math.max(0, end - from) }, (_, n) => server.timeOf(from + n))
      .filter((at) => !server.isSilent(at))
      .map((at) => ({ key: server.id, timestamp: String(at), value: server.message(at, at) }))
  }
}

function clientOf(bootstrap: string): Kafka {
  return new Kafka({ clientId: 'fleet', brokers: [bootstrap], logLevel: logLevel.NOTHING })
}
