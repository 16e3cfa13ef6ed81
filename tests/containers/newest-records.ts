import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'

interface Record {
  readonly key: string
  readonly value: string
}

/** All current records of the topics, read by a consumer on this machine. */
export async function newestRecords(kafka: Kafka, topics: string[]): Promise<Record[]> {
  const groupId = `host-${randomUUID()}`
  const admin = kafka.admin()
  const consumer = kafka.consumer({ groupId })
  await Promise.all([admin.connect(), consumer.connect()])
  try {
    const ends = new Map<string, number>()
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        if (Number(high) > 0) ends.set(`${topic}/${partition}`, Number(high))
      }
    }
    await consumer.subscribe({ topics, fromBeginning: true })
    const records: Record[] = []
    await new Promise<void>((resolve, reject) => {
      const read = async () =>
        consumer.run({
          // a compacted topic may lack the offset before its end, but always keeps the newest record
          eachMessage: ({ topic, partition, message }) => {
            records.push({ key: String(message.key), value: String(message.value) })
            const place = `${topic}/${partition}`
            if (Number(message.offset) + 1 >= (ends.get(place) ?? 0)) ends.delete(place)
            if (ends.size === 0) resolve()
            return Promise.resolve()
          },
        })
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      read().catch(reject)
    })
    return records
  } finally {
    await consumer.disconnect()
    await admin.deleteGroups([groupId])
    await admin.disconnect()
  }
}
