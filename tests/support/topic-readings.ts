import type { Kafka, KafkaMessage } from 'kafkajs'
import { expect } from 'vitest'
import type { RecordPart, RecordReading } from '#shared/metric/formats/record-part.ts'
import { readRecord } from '#shared/metric/formats/read-record.ts'
import { quietClient } from '../contract/stream-broker.ts'

const within = { timeout: 30_000, interval: 50 }

/** All messages of the topic that are there now, in the order in which they come. Waits for the first `atLeast`. */
async function messagesOf(bootstrap: string, topic: string, atLeast: number): Promise<KafkaMessage[]> {
  const client = quietClient(bootstrap)
  const count = await countOf(client, topic, atLeast)
  const messages: KafkaMessage[] = []
  const consumer = client.consumer({ groupId: `test-${topic}` })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) })
    await expect.poll(() => messages.length, within).toBeGreaterThanOrEqual(count)
  } finally {
    await consumer.disconnect()
  }
  return messages
}

async function countOf(client: Kafka, topic: string, atLeast: number): Promise<number> {
  const admin = client.admin()
  await admin.connect()
  try {
    let count = 0
    const isThere = async (): Promise<boolean> => {
      const offsets = await admin.fetchTopicOffsets(topic)
      count = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
      return count >= atLeast
    }
    await expect.poll(isThere, within).toBe(true)
    return count
  } finally {
    await admin.disconnect()
  }
}

/** How all messages of the topic that are there now are read. Waits for the first `atLeast`. */
export async function readingsOf(bootstrap: string, topic: string, atLeast = 1): Promise<RecordReading[]> {
  const messages = await messagesOf(bootstrap, topic, atLeast)
  return messages.map(({ key, value, timestamp }) => readRecord({ topic, key, value, timestamp: Number(timestamp) }))
}

/** What became of the records, each outcome once. */
export function kindsOf(readings: readonly RecordReading[]): string {
  const found = readings.map((reading) => {
    if (reading.kind === 'passed') return reading.why
    const reject = reading.kind === 'rejected' ? reading.reject : reading.refused
    return reject?.reason ?? reading.kind
  })
  return [...new Set(found)].sort().join(', ')
}

export function partsOf(readings: readonly RecordReading[]): RecordPart[] {
  return readings.flatMap((reading) => (reading.kind === 'parts' ? reading.parts : []))
}

export function namesIn(readings: readonly RecordReading[]): Set<string> {
  return new Set(partsOf(readings).flatMap(({ shape }) => shape.names))
}

/** Whether the series is a counter, in the newest record with it. */
export function isCounterIn(readings: readonly RecordReading[], name: string): boolean | undefined {
  const part = partsOf(readings).findLast(({ shape }) => shape.names.includes(name))
  return part?.shape.counters.includes(part.shape.names.indexOf(name))
}
