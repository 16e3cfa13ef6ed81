/** A console whose clock is wrong, on a real broker whose clock is right. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { kafkaStream } from '../../src-kafka/consume/kafka-stream.ts'
import type { BrokerTime, Stream } from '../../src-kafka/stream.ts'
import { startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { StreamFixture } from '../contract/stream-fixture.ts'
import { nullLog } from '../support/null-log.ts'

const within = { timeout: 20_000, interval: 50 }
let kafka: StreamBroker
let stream: Stream | undefined
beforeAll(async () => {
  kafka = await startStreamBroker()
})
afterEach(() => stream?.stop())
afterAll(() => kafka.end())

/** Reads with a clock that is so many ms ahead. @returns what Kafka says, by its kind */
function readWith(aheadMs: number, topic: string) {
  const fixture = new StreamFixture()
  const times: BrokerTime[] = []
  stream = kafkaStream({
    settings: { brokers: [kafka.bootstrap], topicPattern: `^${topic}$`, clientId: 'remo-console-test' },
    handlers: { ...fixture.handlers, brokerTime: (time) => times.push(time) },
    log: nullLog,
    now: () => Date.now() + aheadMs,
  })
  stream.start()
  const of = (kind: BrokerTime['kind']) => times.filter((time) => time.kind === kind)
  return { fixture, of }
}

/** Whether this clock is ahead by so many seconds. What Kafka says is some time on its way, never the other way round. */
function isAheadBy(seconds: number): (time: BrokerTime) => boolean {
  return ({ receivedAt, brokerTime }) => {
    const onItsWayMs = receivedAt - brokerTime - seconds * 1000
    return onItsWayMs >= 0 && onItsWayMs < 15_000
  }
}

test.each([60, -3600, 0])('Kafka tells how far its clock is away: %i s', async (seconds) => {
  await kafka.createTopic(`quorum${seconds}`)
  const { of } = readWith(seconds * 1000, `quorum${seconds}`)
  await expect.poll(() => of('answer').map(isAheadBy(seconds)), within).toEqual([true])
})

test('so do records that the broker stamps, once the log is read to its end', async () => {
  const topic = 'stamped'
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]
  await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: false })
  await expect
    .poll(
      () =>
        kafka.write(topic, ['old']).then(
          () => true,
          () => false,
        ),
      within,
    )
    .toBe(true)
  const { fixture, of } = readWith(90_000, topic)
  await expect.poll(() => fixture.values(topic), within).toEqual(['old'])
  await kafka.write(topic, ['new'])
  await expect.poll(() => fixture.values(topic), within).toEqual(['old', 'new'])
  expect(of('append').map(isAheadBy(90))).toEqual([true])
})

test('records that their producers stamp tell nothing about the broker', async () => {
  await kafka.createTopic('created')
  const { fixture, of } = readWith(90_000, 'created')
  await kafka.write('created', ['a'])
  await expect.poll(() => fixture.values('created'), within).toEqual(['a'])
  await kafka.write('created', ['b'])
  await expect.poll(() => fixture.values('created'), within).toEqual(['a', 'b'])
  expect(of('append')).toEqual([])
})
