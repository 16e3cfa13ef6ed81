import { expect, test } from 'vitest'
import { installBlock, nextCheckAt } from './update-rules.ts'

test('no update is installed while an alert fires, whatever else is known', () => {
  for (const health of ['live', 'blind', 'empty', 'catching-up'] as const) {
    expect(installBlock({ health, firing: 1, isDemo: false })).toMatch(/^An alert fires\./)
    expect(installBlock({ health, firing: 3, isDemo: false })).toMatch(/^3 alerts fire\./)
  }
})

test('catching up refuses too; live, empty and blind do not', () => {
  const blocks = (['live', 'empty', 'blind', 'catching-up'] as const).map((health) =>
    installBlock({ health, firing: 0, isDemo: false }),
  )
  expect(blocks.map((block) => block !== undefined)).toEqual([false, false, false, true])
})

test('the feed is asked a minute after the start, once a day, and an hour after a failure', () => {
  const day = 86_400_000
  expect([
    nextCheckAt(1000, undefined),
    nextCheckAt(1000, { at: 5000, ok: true }),
    nextCheckAt(1000, { at: 5000, ok: false }),
  ]).toEqual([61_000, 5000 + day, 5000 + day / 24])
})

test('in the demo nothing real fires', () => {
  expect(installBlock({ health: 'live', firing: 3, isDemo: true })).toBeUndefined()
})
