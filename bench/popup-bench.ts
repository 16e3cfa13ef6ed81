import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Kafka, Partitioners, type Producer } from 'kafkajs'
import { producerRecord } from '../producers/message.ts'
import { startVirtualDesktop } from '../scripts/desktop/virtual-desktop.ts'
import { freePort } from '../scripts/process/free-port.ts'
import { Notifications } from '../tests/support/notification-daemon.ts'
import { TrayHost } from '../tests/support/tray-host.ts'
import { startDataThreadOn } from './bench-data-thread.ts'
import { startFleet } from './fleet-load.ts'
import { endApp, startHiddenApp } from './hidden-app.ts'
import { type BenchResult, quantile, timeLimit } from './measure.ts'

export interface PopupBench {
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly dir: string
  /** Starts of the app. */
  readonly starts: number
  readonly say: (step: string) => void
}

/** Nodes that send once a second. */
const fleet = 500
/**
 * Samples of one start of the app: the first critical of a quiet hour, and others without a wait for more alerts. Of six
 * popups a minute, the last is a summary of the rest.
 */
const samplesPerStart = 5
/** Each sample is an alert of a metric with its own rule, so its popup is a new one. */
const metricOf = (sample: number): string => `probe_${sample}`
const settleMs = 3_000
/** The app follows its settings file. */
const settingsMs = 2_000
const lostAfterMs = 30_000
const limits = [
  { q: 0.5, atMostMs: 1_000 },
  { q: 0.95, atMostMs: 1_000 },
  { q: 0.99, atMostMs: 2_000 },
]

/** Of one start of the app. */
interface Times {
  readonly first: number
  readonly others: readonly number[]
}

/**
 * From the broker's append of a record that makes an alert critical (`LogAppendTime`) to the call of `Notify`, as a
 * monitor of the session bus sees it. The built app is in the tray, without a window, while a fleet sends. Every start
 * has new topics: what the one before left there would not be a quiet hour.
 */
export async function popupBench(bench: PopupBench): Promise<BenchResult[]> {
  const { kafka, dir, starts, say } = bench
  const prepared = await preparedDataDir(dir)
  const desktop = await startVirtualDesktop({ dir: join(dir, 'desktop') })
  const tray = await new TrayHost(desktop.env.DBUS_SESSION_BUS_ADDRESS ?? '').start()
  const probe = new Probe(kafka, new Notifications(desktop.env))
  await probe.start()
  const times: Times[] = []
  try {
    for (let start = 1; start <= starts; start++) {
      const topic = `bench-popup-${start}`
      const dataDir = mkdtempSync(join(dir, 'popup-'))
      cpSync(prepared, dataDir, { recursive: true })
      const measured = await measureStart(bench, { probe, topic, desktop: desktop.env, dataDir })
      say(`popup, start ${start} of ${starts}: ${[measured.first, ...measured.others].join(', ')} ms`)
      times.push(measured)
    }
  } finally {
    await probe.stop()
    tray.stop()
    await desktop.stop()
  }
  const firsts = times.map(({ first }) => first)
  const others = times.flatMap((measured) => measured.others)
  return [
    ...timesOf(`first critical → Notify at ${fleet} msg/s`, firsts),
    ...timesOf(`critical → Notify at ${fleet} msg/s, without a wait`, others),
  ]
}

interface Start {
  readonly probe: Probe
  readonly topic: string
  readonly desktop: NodeJS.ProcessEnv
  readonly dataDir: string
}

async function measureStart({ kafka, bootstrap }: PopupBench, start: Start): Promise<Times> {
  const { probe, topic, desktop, dataDir } = start
  await createProbeTopic(kafka, topic)
  const stopFleet = await startFleet({ bootstrap, topic: `${topic}-fleet`, nodes: fleet })
  try {
    const app = await startHiddenApp({ desktop, bootstrap, topicPattern: `^${topic}(-fleet)?$`, dataDir })
    try {
      await delay(settleMs)
      const first = await probe.measure(topic, 0)
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(withoutWait))
      await delay(settingsMs)
      const others: number[] = []
      for (let sample = 1; sample < samplesPerStart; sample++) others.push(await probe.measure(topic, sample))
      return { first, others }
    } finally {
      await endApp(app)
    }
  } finally {
    await stopFleet()
  }
}

const withoutWait = { version: 1, notifications: { criticalWaitSeconds: 0 } }

function timesOf(name: string, times: readonly number[]): BenchResult[] {
  return limits.map(({ q, atMostMs }) =>
    timeLimit(`${name}, p${q * 100} of ${times.length}`, quantile(times, q), atMostMs),
  )
}

async function createProbeTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] })
  await admin.disconnect()
}

/** A data folder with a rule for each sample and no others, of a console that was never connected. */
async function preparedDataDir(dir: string): Promise<string> {
  const dataDir = mkdtempSync(join(dir, 'prepared-'))
  const nobody = `127.0.0.1:${await freePort()}`
  const thread = await startDataThreadOn({ dataDir, bootstrap: nobody, topicPattern: '^bench-popup' })
  for (const { id, version } of await thread.client.call('rules.list', {}))
    await thread.client.call('rules.remove', { id, version })
  const rule = { scope: { kind: 'all' }, condition: 'greater', critical: 90, forSeconds: 0, enabled: true } as const
  for (let sample = 0; sample < samplesPerStart; sample++)
    await thread.client.call('rules.save', { draft: { ...rule, metric: metricOf(sample) } })
  await thread.stop()
  return dataDir
}

/** Sends records that make an alert critical, and sees when their popups are requested. */
class Probe {
  readonly #producer: Producer
  readonly #notifications: Notifications
  /** By a part of the title. */
  readonly #waiting = new Map<string, (at: number) => void>()
  #sent = 0

  constructor(kafka: Kafka, notifications: Notifications) {
    this.#producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    this.#notifications = notifications
  }

  async start(): Promise<void> {
    await this.#producer.connect()
    await this.#notifications.listen(({ summary }) => {
      const at = Date.now()
      for (const [part, seen] of this.#waiting) if (summary.includes(part)) seen(at)
    })
  }

  async stop(): Promise<void> {
    this.#notifications.end()
    await this.#producer.disconnect()
  }

  /** @returns ms from the append to the call of `Notify` */
  async measure(topic: string, sample: number): Promise<number> {
    // At any time between two fetches of the app.
    await delay(500 + Math.random() * 1_000)
    const node = { id: `probe-${++this.#sent}`, name: 'Bench', topic, seed: 0 }
    const seen = this.#popupOf(`${node.id} `)
    const { value } = producerRecord(node, Date.now(), { [metricOf(sample)]: 95 })
    const [record] = await this.#producer.send({ topic, messages: [{ key: node.id, value: Buffer.from(value) }] })
    return (await seen) - Number(record?.logAppendTime)
  }

  #popupOf(part: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no popup of ${part}within ${lostAfterMs} ms`)), lostAfterMs)
      this.#waiting.set(part, (at) => {
        clearTimeout(timer)
        this.#waiting.delete(part)
        resolve(at)
      })
    })
  }
}
