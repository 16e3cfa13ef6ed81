import type { FieldProducer } from '../support/field-producer.ts'
import { allowSilence, calm } from '../support/node-steps.ts'
import { lastCall, received, sendCpu } from '../support/popup-steps.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['other', 'flap-1'] })

const stepMs = 10_000

/** Sends these CPU usages, each 10 s after the one before in event time. @returns the event time after the last one */
async function sendSteps(producer: FieldProducer, from: number, values: readonly number[]): Promise<number> {
  for (const [step, cpu] of values.entries())
    await producer.send({ nodeId: 'flap-1', at: from + step * stepMs, metrics: { ...calm, cpu_usage: cpu } })
  return from + values.length * stepMs
}

/** This CPU usage from now until so many seconds later. */
const stay = (cpu: number, seconds: number): number[] => Array<number>(seconds / 10 + 1).fill(cpu)

test('an alert that flaps is one notice at its start, none while it does, and one when it is over', async ({
  launch,
  producer,
  notifications,
}) => {
  const console = await launch()
  const window = await console.window()
  await allowSilence(window)
  await sendCpu(producer, 'other', 20)
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  // Event times of the last half hour: the stock threshold waits for two minutes, its hold is two and then three, and
  // what flaps must be steady for ten.
  const fired = await sendSteps(producer, Date.now() - 26 * 60_000, stay(97, 120))
  await expect.poll(() => received(notifications).at(-1)).toMatch(/^\[CRITICAL\] flap-1 CPU 97\.0 % > 95 % for 2 m/)
  const changes = [stay(20, 120), stay(97, 120), stay(20, 180), stay(97, 120)].flat()
  const flapping = await sendSteps(producer, fired, changes)
  await expect.poll(() => received(notifications).at(-1)).toMatch(/^\[FLAPPING\] flap-1/)
  await expect.poll(() => notifications.displayed()).toBe(1)
  const atStart = notifications.calls().length

  const during = await sendSteps(
    producer,
    flapping,
    Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 20 : 97)),
  )
  const records = () => console.metric('remo_kafka_messages_total', 'topic="metrics-flap-1"')
  await expect.poll(records).toBe(13 + changes.length + 12)
  expect(notifications.calls().length).toBe(atStart)
  await sendSteps(producer, during, stay(20, 620))
  await expect.poll(() => lastCall(notifications)?.summary).toMatch(/^Resolved: flap-1 CPU 20\.0 %$/)
  expect(notifications.calls().length).toBe(atStart + 1)
  await expect.poll(() => notifications.displayed()).toBe(1)
})
