import { Kafka, logLevel, type Producer } from 'kafkajs'
import { demoHistoryMs, demoServers, type DemoServer } from '../../src-main/data/demo/demo-servers.ts'

const topic = 'metrics-servers'
/** What others write to the same Kafka: metrics of Telegraf, something else, and metrics with a shape of their own. */
const otherTopics = ['telegraf', 'orders', 'press-line'] as const
const sendEveryMs = 200
/** Messages of one request: Kafka takes at most 1 MB. */
const atOnce = 2_000

/** Before the backend starts: later it would look for new topics only after half a minute. */
export async function createFleetTopic(bootstrap: string): Promise<void> {
  const admin = clientOf(bootstrap).admin()
  await admin.connect()
  const others = otherTopics.map((name) => ({ topic: name, numPartitions: 2 }))
  await admin.createTopics({ topics: [{ topic, numPartitions: 4 }, ...others], waitForLeaders: true })
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

  /** The last quarter of an hour of Telegraf on four hosts. */
  async sendOthersBefore(): Promise<void> {
    const now = Date.now()
    for (let at = now - 900_000; at < now; at += 10_000) await this.#sendTelegraf(at)
    for (let at = now - 50_000; at < now; at += 10_000) await this.#sendPress(at)
  }

  /** One round of Telegraf on four hosts, an order, and the readings of a press. */
  async sendOthers(): Promise<void> {
    const now = Date.now()
    await this.#sendTelegraf(now)
    const order = { order_id: now % 1_000_000, customer: 'c-99', total: 12.5, currency: 'EUR' }
    await this.#producer.send({ topic: otherTopics[1], messages: [{ value: JSON.stringify(order) }] })
    await this.#sendPress(now)
  }

  async #sendPress(at: number): Promise<void> {
    await this.#producer.send({ topic: otherTopics[2], messages: [{ key: 'PL-0417', value: pressRecord(at) }] })
  }

  async #sendTelegraf(at: number): Promise<void> {
    const messages = ['shop-1', 'shop-2', 'shop-3', 'pay-1'].flatMap((host, i) =>
      telegrafLines(host, i, at).map((value) => ({ key: host, value })),
    )
    await this.#producer.send({ topic: otherTopics[0], messages })
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

/** What a press sends: JSON that no format of ReMo knows. */
function pressRecord(measuredAt: number): string {
  const around = (base: number, step: number): number =>
    Number((base * (1 + Math.sin(measuredAt / step) / 40)).toFixed(2))
  return JSON.stringify({
    machine: { serial: 'PL-0417', label: 'Press 4', line: 'north' },
    meta: { measuredAt, fw: '2.11' },
    readings: [
      { kind: 'oil_temp', v: around(61.5, 9_000), u: '°C' },
      { kind: 'oil_pressure', v: around(4.52, 4_000), u: 'bar' },
      { kind: 'vibration', v: around(2.25, 3_000), u: 'mm/s' },
      { kind: 'strokes', v: 31, u: '1/min' },
      { kind: 'motor_load', v: around(74.1, 7_000), u: '%' },
      { kind: 'door', v: 'shut', u: null },
    ],
  })
}

/** What Telegraf sends of one host at one time. */
function telegrafLines(host: string, index: number, at: number): string[] {
  const wave = (base: number, place: number): string => {
    const swing = Math.sin(at / 190_000 + place) * 0.18 + Math.sin(at / 37_000 + 3 * place + index) * 0.09
    return (base * (1 + swing)).toFixed(1)
  }
  const cpus = ['cpu-total', 'cpu0', 'cpu1', 'cpu2', 'cpu3'].map((cpu, place) => {
    const [user, iowait] = [wave(30 + 7 * index, place), wave(4.2, place + 1)]
    const idle = (82 - Number(user) - Number(iowait)).toFixed(1)
    return `cpu,cpu=${cpu},host=${host} usage_user=${user},usage_system=8.8,usage_iowait=${iowait},usage_softirq=0.4,usage_idle=${idle} ${at}000000`
  })
  return [
    ...cpus,
    `mem,host=${host} used_percent=${wave(41.5 + 4 * index, 2)},total=8254287872i,available=4831838208i ${at}000000`,
    `disk,host=${host},path=/ used_percent=${58.2 + index},free=41204318208i ${at}000000`,
    `disk,host=${host},path=/var used_percent=${wave(71, 4)},free=11204318208i ${at}000000`,
    `system,host=${host} load1=${wave(2.4, 5)},load5=2.2,load15=2.1,n_cpus=4i ${at}000000`,
  ]
}
