import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextProgress, noProgress } from './next-phase.ts'
import type { UpdateEvent, UpdateProgress } from './next-phase.ts'
import type { InstallWay, UpdateOffer } from './updates-view.ts'

const offer: UpdateOffer = { version: '0.2.1', notes: '- new', size: 100 }
const newer: UpdateOffer = { version: '0.2.2', notes: '', size: 120 }
const password: InstallWay = { kind: 'password' }
const after = (events: readonly UpdateEvent[], start: UpdateProgress = noProgress): UpdateProgress =>
  events.reduce(nextProgress, start)

const found: readonly UpdateEvent[] = [{ kind: 'check' }, { kind: 'offered', offer, at: 1 }]
const ready: readonly UpdateEvent[] = [
  ...found,
  { kind: 'download' },
  { kind: 'progress', received: 50 },
  { kind: 'downloaded', file: '/f.deb', way: password },
]

test('the way of an update, step by step', () => {
  const steps: readonly UpdateEvent[] = [...ready, { kind: 'install' }, { kind: 'installed' }]
  const kinds = steps.map((_, i) => after(steps.slice(0, i + 1)).phase.kind)
  expect(kinds).toEqual(['checking', 'available', 'downloading', 'downloading', 'ready', 'installing', 'installed'])
})

test('up to date has a time, and no problem', () => {
  const failed = after([{ kind: 'check' }, { kind: 'failed', text: 'No answer.', at: 1 }])
  expect(failed).toMatchObject({ phase: { kind: 'idle' }, checkedAt: null, problem: { text: 'No answer.', at: 1 } })
  expect(after([{ kind: 'check' }, { kind: 'offered', offer: undefined, at: 5 }], failed)).toMatchObject({
    phase: { kind: 'idle' },
    checkedAt: 5,
    problem: null,
  })
})

test('a failed check keeps what is downloaded, and so does a check that finds the same', () => {
  const was = after(ready)
  const failed = after([{ kind: 'check' }, { kind: 'failed', text: 'No answer.', at: 2 }], was)
  const same = after([{ kind: 'check' }, { kind: 'offered', offer, at: 2 }], was)
  expect([failed.phase, same.phase]).toEqual([was.phase, was.phase])
})

test('a newer version replaces one that is ready, and a withdrawn one leaves nothing', () => {
  expect(after([...ready, { kind: 'check' }, { kind: 'offered', offer: newer, at: 2 }]).phase).toEqual({
    kind: 'available',
    offer: newer,
  })
  expect(after([...ready, { kind: 'check' }, { kind: 'offered', offer: undefined, at: 2 }]).phase.kind).toBe('idle')
})

test('a failed or canceled download can begin again', () => {
  const downloading: readonly UpdateEvent[] = [...found, { kind: 'download' }]
  expect(after([...downloading, { kind: 'cancel' }])).toMatchObject({
    phase: { kind: 'available', offer },
    problem: null,
  })
  const failed = after([...downloading, { kind: 'failed', text: 'The disk is full.', at: 3 }])
  expect(failed).toMatchObject({ phase: { kind: 'available', offer }, problem: { text: 'The disk is full.' } })
  expect(after([{ kind: 'download' }], failed)).toMatchObject({ phase: { kind: 'downloading' }, problem: null })
})

test('a refused password leaves the update ready, and another way can take its place', () => {
  const command: InstallWay = { kind: 'command', command: 'sudo apt install /f.deb', why: 'Nobody asks.' }
  const refused = after([...ready, { kind: 'install' }, { kind: 'failed', text: 'Dismissed.', at: 4 }])
  expect(refused.phase).toEqual({ kind: 'ready', offer, file: '/f.deb', way: password, onQuit: false })
  const without = after([...ready, { kind: 'install' }, { kind: 'failed', text: 'Nobody asks.', at: 4, way: command }])
  expect(without.phase).toMatchObject({ kind: 'ready', way: command })
})

test('nothing is installed that is not ready, and progress after a cancel is too late', () => {
  for (const events of [[], found, [...found, { kind: 'download' }]] as Array<readonly UpdateEvent[]>) {
    const was = after(events)
    expect(after([{ kind: 'install' }, { kind: 'installed' }, { kind: 'on-quit', onQuit: true }], was)).toEqual(was)
  }
  const canceled = after([...found, { kind: 'download' }, { kind: 'cancel' }])
  expect(
    after(
      [
        { kind: 'progress', received: 9 },
        { kind: 'downloaded', file: '/f', way: password },
      ],
      canceled,
    ),
  ).toEqual(canceled)
})

test('in any order of events, only a downloaded package is installed', () => {
  const event = fc.constantFrom<UpdateEvent>(
    ...ready,
    { kind: 'cancel' },
    { kind: 'install' },
    { kind: 'installed' },
    { kind: 'on-quit', onQuit: true },
    { kind: 'offered', offer: newer, at: 2 },
    { kind: 'offered', offer: undefined, at: 2 },
    { kind: 'failed', text: 'x', at: 3 },
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let progress = noProgress
      for (const one of events) {
        const before = progress.phase
        progress = nextProgress(progress, one)
        if (progress.phase.kind === 'ready' && !['ready', 'checking', 'installing'].includes(before.kind))
          expect([before.kind, one.kind]).toEqual(['downloading', 'downloaded'])
        if (progress.phase.kind === 'installed' && before.kind !== 'installed') expect(before.kind).toBe('installing')
      }
    }),
  )
})
