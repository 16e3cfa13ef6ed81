import { expect, test } from 'vitest'
import { BrokerLiveness } from './broker-liveness.ts'

test('a broker without a response for longer than the limit is unresponsive since the request', () => {
  const liveness = new BrokerLiveness(10_000, 0)
  liveness.requestSent(1, 500)
  liveness.requestSent(1, 8_000) // a retry
  let unresponsiveSince: number | undefined
  for (let now = 1_000; now <= 11_000; now += 1_000) unresponsiveSince = liveness.check(now, 1_000)
  expect(unresponsiveSince).toBe(500)
})

test('one unresponsive broker is noticed although others respond', () => {
  const liveness = new BrokerLiveness(2_000, 0)
  liveness.requestSent(1, 0)
  liveness.requestSent(2, 0)
  liveness.responseReceived(1)
  expect([1_000, 2_000, 3_000].map((now) => liveness.check(now, 1_000))).toEqual([undefined, undefined, 0])
})

test('time in which this process was suspended does not count', () => {
  const liveness = new BrokerLiveness(10_000, 0)
  liveness.requestSent(1, 900)
  expect(liveness.check(1_000, 1_000)).toBeUndefined()
  expect(liveness.check(61_000, 1_000)).toBeUndefined()
})
