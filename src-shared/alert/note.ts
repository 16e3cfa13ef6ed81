import { type Alert, type AlertEvent, type AlertNote, mostNotes } from './alert.ts'

/** The alert with this note too. A note that it has already changes nothing: the same object is returned. */
export function withNote(alert: Alert, note: AlertNote): Alert {
  return withNotes(alert, [note])
}

/** The alert with its own notes and these, by their times: the order in which they arrive does not count. */
export function withNotes(alert: Alert, notes: readonly AlertNote[]): Alert {
  const own = alert.notes ?? []
  const more = notes.filter((note, i) => !hasNote([...own, ...notes.slice(0, i)], note))
  if (more.length === 0) return alert
  return { ...alert, notes: [...own, ...more].toSorted(byTime).slice(-mostNotes) }
}

/** The notes of `after` that `before` does not have. */
export function newNotes(before: Alert | undefined, after: Alert): readonly AlertNote[] {
  return (after.notes ?? []).filter((note) => !hasNote(before?.notes ?? [], note))
}

/** The line of the timeline for a note. */
export function noteEvent(alertId: string, { kind, by, at, comment, to }: AlertNote): AlertEvent {
  return { alertId, kind, at, by, ...(comment === '' ? {} : { comment }), ...(to === undefined ? {} : { to }) }
}

function hasNote(notes: readonly AlertNote[], { kind, by, at }: AlertNote): boolean {
  return notes.some((other) => other.kind === kind && other.by === by && other.at === at)
}

/** Notes of one time are in one order on every console. */
function byTime(a: AlertNote, b: AlertNote): number {
  const key = ({ kind, by }: AlertNote): string => `${by} ${kind}`
  return a.at - b.at || (key(a) < key(b) ? -1 : 1)
}
