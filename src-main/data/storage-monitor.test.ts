import { expect, test } from 'vitest'
import { StorageError } from '../store/errors.ts'
import { CallError } from '../threads/call-error.ts'
import { StorageMonitor } from './storage-monitor.ts'

function aWatch() {
  const changes: Array<string | undefined> = []
  const fatal: unknown[] = []
  const clock = { now: 0 }
  const watch = new StorageMonitor({
    changed: (problem) => changes.push(problem),
    fatal: (error) => fatal.push(error),
    now: () => clock.now,
  })
  return { watch, changes, fatal, clock }
}

function failing(error: unknown) {
  return () => {
    throw error
  }
}

const full = new StorageError('full', { cause: new Error('SQLITE_FULL') })

test('a full disk is a problem until the next write succeeds; each change is reported once', () => {
  const { watch, changes, fatal } = aWatch()
  for (let time = 0; time < 3; time++) expect(() => watch.write(failing(full))).toThrow(full)
  expect(watch.write(() => 7)).toBe(7)
  watch.write(() => 8)
  expect([changes, watch.problem, fatal]).toEqual([[full.message, undefined], undefined, []])
})

test('the time of writes is counted, also of those that fail', () => {
  const { watch, clock } = aWatch()
  watch.write(() => (clock.now += 12_000))
  expect(() =>
    watch.write(() => {
      clock.now += 3_000
      throw full
    }),
  ).toThrow(full)
  expect([watch.takeWritingMs(), watch.takeWritingMs()]).toEqual([15_000, 0])
})

test('any other error of a write is fatal', () => {
  const { watch, fatal } = aWatch()
  const bug = new Error('a bug')
  expect(() => watch.write(failing(bug))).toThrow(bug)
  expect(fatal).toEqual([bug])
})

test("an operator's write is refused with a sentence while the disk is full; other refusals are unchanged", () => {
  const { watch, fatal } = aWatch()
  expect(() => watch.reply(failing(full))).toThrow(
    expect.objectContaining({ code: 'unavailable', message: full.message }),
  )
  const conflict = new CallError('conflict', 'The threshold changed.')
  expect(() => watch.reply(failing(conflict))).toThrow(conflict)
  expect(fatal).toEqual([])
})
