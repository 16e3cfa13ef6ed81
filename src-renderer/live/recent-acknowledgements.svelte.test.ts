import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { FakeBridge, failureReply } from '../bridge/fake-bridge.ts'
import { AppState } from './app-state.svelte.ts'
import { Clock } from './clock.svelte.ts'

const acknowledgement = { by: 'anna', at: 1000, comment: '' }
let now: number

beforeEach(() => {
  now = 1_000_000
  vi.spyOn(Date, 'now').mockImplementation(() => now)
})
afterEach(() => vi.restoreAllMocks())

/** What is offered to be undone, and the problem, after so many ms. */
function seen(app: AppState): readonly [string | undefined, string | undefined] {
  return [app.acknowledged.newest?.nodeId, app.acknowledged.problem?.message]
}

test('the offer to undo, and why it failed, are gone after some seconds', async () => {
  const bridge = new FakeBridge({ 'alerts.unacknowledge': () => failureReply('signed-out', 'Sign in to undo.') })
  const appAt = (ms: number): AppState => new AppState(bridge.api, new Clock(() => now + ms))
  const early = appAt(7900)
  early.acknowledged.add(anAlert({ acknowledgement }))
  expect(seen(early)).toEqual(['node-1', undefined])
  await early.acknowledged.undoNewest()
  expect(seen(early)).toEqual([undefined, 'Sign in to undo.'])
  const late = appAt(8100)
  late.acknowledged.add(anAlert({ acknowledgement }))
  expect(seen(late)).toEqual([undefined, undefined])
})
