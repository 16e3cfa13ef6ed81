import { expect, test } from 'vitest'
import { anAlert } from './alert-builders.ts'
import type { AlertNote } from './alert.ts'
import { newNotes, noteEvent, withNote, withNotes } from './note.ts'

const note = (at: number, change: Partial<AlertNote> = {}): AlertNote => {
  return { kind: 'commented', by: 'kim', at, comment: 'moved the job', ...change }
}

test('notes are in the order of their times, however they arrive', () => {
  const a = withNote(withNote(anAlert(), note(2)), note(1))
  const b = withNote(withNote(anAlert(), note(1)), note(2))
  expect(a.notes).toEqual([note(1), note(2)])
  expect(b).toEqual(a)
})

test('a note that the alert has changes nothing', () => {
  const alert = withNotes(anAlert(), [note(1), note(1)])
  expect(alert.notes).toEqual([note(1)])
  expect(withNote(alert, note(1, { comment: 'another text' }))).toBe(alert)
})

test('the newest 50 stay', () => {
  const alert = withNotes(
    anAlert(),
    Array.from({ length: 60 }, (_, i) => note(i)),
  )
  expect([alert.notes?.length, alert.notes?.[0]?.at]).toEqual([50, 10])
})

test('the notes that are new to a console are lines of its timeline', () => {
  const given = note(3, { kind: 'assigned', to: 'lee', comment: '' })
  const before = withNote(anAlert(), note(1))
  const [fresh] = newNotes(before, withNotes(before, [given]))
  expect(fresh && noteEvent(before.id, fresh)).toEqual({
    alertId: before.id,
    kind: 'assigned',
    at: 3,
    by: 'kim',
    to: 'lee',
  })
})
