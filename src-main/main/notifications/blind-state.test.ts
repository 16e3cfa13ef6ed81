import { expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { notBlind, nextBlindState } from './blind-state.ts'
import type { BlindChange, BlindState } from './blind-state.ts'

const live: Health = { kind: 'live', behindMs: 300 }
const blind = (since: number, detail = 'Kafka does not answer.'): Health => ({
  kind: 'blind',
  since,
  cause: 'disconnected',
  detail,
})

/** All changes of a sequence of health states, with the time of each. */
function changesOf(steps: ReadonlyArray<readonly [number, Health]>): Array<readonly [number, BlindChange]> {
  let state: BlindState = notBlind
  const received: Array<readonly [number, BlindChange]> = []
  for (const [now, health] of steps) {
    const [next, change] = nextBlindState(state, health, now)
    state = next
    if (change) received.push([now, change])
  }
  return received
}

test('a minute of blindness is notified once, and so is its end', () => {
  expect(
    changesOf([
      [0, live],
      [10_000, blind(10_000)],
      [69_999, blind(10_000)],
      [70_000, blind(10_000)],
      [71_000, blind(10_000)],
      [130_000, live],
      [131_000, live],
    ]),
  ).toEqual([
    [70_000, { kind: 'blind', since: 10_000, cause: 'disconnected', detail: 'Kafka does not answer.' }],
    [130_000, { kind: 'restored', since: 10_000, forMs: 120_000 }],
  ])
})

test('a short blindness is not notified', () => {
  expect(changesOf([[0, blind(0)], [59_000, blind(0)], [59_500, live], [200_000, live]])).toEqual([]) // prettier-ignore
})

test('a change of cause continues the same blindness', () => {
  expect(
    changesOf([
      [0, blind(0)],
      [40_000, blind(40_000)],
      [60_000, blind(40_000, 'The data thread stopped.')],
    ]),
  ).toEqual([[60_000, { kind: 'blind', since: 0, cause: 'disconnected', detail: 'The data thread stopped.' }]])
})

test('two periods of blindness are notified twice', () => {
  const change = changesOf([[60_000, blind(0)], [70_000, live], [200_000, blind(80_000)], [201_000, live]]) // prettier-ignore
  expect(change.map(([, { kind }]) => kind)).toEqual(['blind', 'restored', 'blind', 'restored'])
})

test('catching up ends the blindness', () => {
  expect(
    changesOf([
      [60_000, blind(0)],
      [61_000, { kind: 'catching-up', lagMessages: 9, behindMs: 9000 }],
    ]),
  ).toHaveLength(2)
})
