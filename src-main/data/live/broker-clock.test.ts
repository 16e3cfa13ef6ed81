import { expect, test } from 'vitest'
import { SampleDirectory, type SampleColumns } from '#shared/metric/sample-columns.ts'
import { BrokerClock } from './broker-clock.ts'

const t0 = 1_764_000_000_000
const texts = (clock: BrokerClock, now: number) => clock.notices(now).map(({ text }) => text.replaceAll('\u202f', ' '))
/** Answers of a Kafka whose clock is `skewMs` behind, one every 15 s. */
function answers(clock: BrokerClock, skewMs: number, from = t0): number {
  for (let n = 0; n < 3; n++) {
    const at = from + n * 15_000
    clock.add({ kind: 'answer', sentAt: at, receivedAt: at + 10, brokerTime: at - skewMs })
  }
  return from + 45_000
}
/** Records that the broker stamps, ten a second; the fastest takes 20 ms. */
function records(clock: BrokerClock, skewMs: number, { from = t0, seconds = 45 } = {}): number {
  for (let ms = 0; ms < seconds * 1000; ms += 100) {
    const at = from + ms
    clock.add({ kind: 'append', brokerTime: at - skewMs - 20 - (ms % 1000), receivedAt: at })
  }
  return from + seconds * 1000
}

test('a clock that differs from that of Kafka is a notice, and a right one is none', () => {
  const wrong = new BrokerClock()
  expect(texts(wrong, answers(wrong, 30_000))).toEqual([expect.stringContaining('is 30 s ahead of the clock of Kafka')])
  const right = new BrokerClock()
  expect(texts(right, answers(right, 200))).toEqual([])
})

test.each([
  [-30_000, 'behind the clock of Kafka'],
  [30_000, 'ahead of the clock of Kafka'],
])('records that a broker stamps tell it too: %i ms', (skewMs, words) => {
  const clock = new BrokerClock()
  expect(texts(clock, records(clock, skewMs))).toEqual([expect.stringContaining(words)])
})

test('records that arrive late for a moment show nothing', () => {
  const clock = new BrokerClock()
  const stalled = records(clock, 20_000, { seconds: 15 })
  expect(texts(clock, records(clock, 0, { from: stalled }))).toEqual([])
})

test('answers of Kafka count more than its records', () => {
  const clock = new BrokerClock()
  const now = answers(clock, 0)
  expect(texts(clock, records(clock, 20_000, { from: now - 30_000 }))).toEqual([])
})

/** Records of nodes with these skews, each once a second, as they arrive. */
function ofNodes(clock: BrokerClock, skewsMs: readonly number[], isBacklog = false): number {
  const directory = new SampleDirectory()
  const keys = skewsMs.map((_, n) => directory.node(`node-${n}`, `Server ${n}`).index)
  for (let second = 0; second < 45; second++) {
    const now = t0 + second * 1000
    const recordedAt = Float64Array.from(skewsMs, (skewMs) => now - skewMs - 200)
    const columns = { directory, count: keys.length, node: Uint32Array.from(keys), recordedAt } as SampleColumns
    clock.stored(columns, now, isBacklog)
  }
  return t0 + 45_000
}

test.each([
  ['most nodes agree', [20_000, 20_300, 19_900, 0], ['is 19 s ahead of those of most nodes']],
  ['they are right', [0, 100, 200, 0], []],
  ['each is wrong by another time', [20_000, -40_000, 90_000, 7_000], []],
  ['there are too few', [20_000, 20_000], []],
])('without a clock of Kafka, the stamps of nodes tell it: %s', (_what, skewsMs, expected) => {
  const clock = new BrokerClock()
  expect(texts(clock, ofNodes(clock, skewsMs))).toEqual(
    expected.map((words) => expect.stringContaining(words) as string),
  )
})

test('the stamps of a backlog tell nothing, and neither do those of nodes beside an answer of Kafka', () => {
  const behind = new BrokerClock()
  expect(texts(behind, ofNodes(behind, [20_000, 20_000, 20_000], true))).toEqual([])
  const known = new BrokerClock()
  answers(known, 0)
  expect(texts(known, ofNodes(known, [20_000, 20_000, 20_000]))).toEqual([])
})

test('after the clock of this computer was set, nothing is known', () => {
  const clock = new BrokerClock()
  const now = answers(clock, 30_000)
  clock.clear()
  expect(texts(clock, now)).toEqual([])
})
