import { type Alert, type AlertNote, mostNotes, type NodeAlert, type NodeAlertEvent } from './alert.ts'

/** The alert with this note too. A note that it has already changes nothing: the same object is returned. */
export function withNote<A extends Alert>(alert: A, note: AlertNote): A {
  return withNotes(alert, [note])
}

/** The alert with its own notes and these, by their times: the order in which they arrive does not count. */
export function withNotes<A extends Alert>(alert: A, notes: readonly AlertNote[]): A {
  const own = alert.notes ?? []
  const more = notes.filter((note, i) => !hasNote([...own, ...notes.slice(0, i)], note))
  if (more.length === 0) return alert
  return { ...alert, notes: [...own, ...more].toSorted(byTime).slice(-mostNotes) }
}

/** The alert without this note. */
export function withoutNote(alert: Alert, note: AlertNote): Alert {
  const { notes = [], ...rest } = alert
  const kept = notes.filter((other) => !hasNote([note], other))
  return kept.length === 0 ? rest : { ...rest, notes: kept }
}

/**
 * `result` with the notes of the backend's alert, and with those that wait for the backend here. The backend moves a
 * time ahead of its own clock back: a note that is new in `official`, with an earlier time, is the one that waits.
 */
export function withOfficialNotes(
  result: NodeAlert,
  { official, local, pending }: { official: NodeAlert; local: NodeAlert | undefined; pending: readonly AlertNote[] },
): NodeAlert {
  const fresh = [...newNotes(local, official)]
  const waiting = pending.filter((note) => {
    const at = fresh.findIndex((other) => isMoved(note, other))
    if (at >= 0) fresh.splice(at, 1)
    return at < 0
  })
  const { notes: _, ...rest } = result
  return withNotes(rest, [...(official.notes ?? []), ...waiting])
}

/** The notes of `after` that the timeline of `before` lacks: not those whose time the backend moved back. */
export function unlistedNotes(before: Alert | undefined, after: Alert): readonly AlertNote[] {
  const gone = [...(before?.notes ?? [])].filter((note) => !hasNote(after.notes ?? [], note))
  return newNotes(before, after).filter((note) => !gone.some((own) => isMoved(own, note)))
}

function isMoved(own: AlertNote, official: AlertNote): boolean {
  const { kind, by, comment, to } = own
  const isAlike = official.kind === kind && official.by === by && official.comment === comment && official.to === to
  return isAlike && official.at <= own.at
}

/** The notes of `after` that `before` does not have. */
export function newNotes(before: Alert | undefined, after: Alert): readonly AlertNote[] {
  return (after.notes ?? []).filter((note) => !hasNote(before?.notes ?? [], note))
}

/** The line of the timeline for a note. */
export function noteEvent(alertId: string, { kind, by, at, comment, to }: AlertNote): NodeAlertEvent {
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
