/**
 * What the second channel does with each critical alert. Pure: the database gives facts and time.
 *
 * | state | meaning | next |
 * |---|---|---|
 * | `exempt` | it was critical before the channel was turned on | forgotten when it ends |
 * | `watched` | it is critical; no message was made about it | `sending` when it is due |
 * | `sending` | in a message that is not delivered | `sent`, `given-up`, or `watched` if a person has seen it |
 * | `sent` | delivered, and it has not ended | `ending` when it resolves |
 * | `ending` | its end is in a message that is not delivered | forgotten |
 * | `given-up` | its message was refused, or is too old | forgotten when it ends, `watched` with another address |
 *
 * **Invariants**: an alert id is delivered as firing at most once, and as resolved only after that. A message that a
 * replica is sending is not changed. At most one message waits; more alerts replace it by one about all of them.
 */
export type TrackedState = 'exempt' | 'watched' | 'sending' | 'sent' | 'ending' | 'given-up'

export interface TrackedAlert {
  readonly alertId: string
  readonly state: TrackedState
  /** Critical since then, and neither acknowledged, silenced nor inhibited. Epoch ms, clock of the database. */
  readonly countedFrom: number
  /** Acknowledged, silenced or inhibited when it was last looked at. */
  readonly held: boolean
  /** The message that it is in. */
  readonly messageId: string | undefined
}

/** An alert that is critical, or that is tracked. */
export interface AlertFacts {
  readonly isFiring: boolean
  /** It fires, and is critical. */
  readonly isCritical: boolean
  /** Acknowledged, silenced or inhibited. */
  readonly isHeld: boolean
  /** A console showed it as critical. */
  readonly isShown: boolean
}

export interface ChannelFacts {
  /** Epoch ms, clock of the database. */
  readonly now: number
  /** The channel was off for a day or more. */
  readonly isTurnedOn: boolean
  /** The configuration differs from that of the run before. */
  readonly isRetargeted: boolean
  readonly afterMs: number
  /** The last message was made a minute ago or more. */
  readonly mayMakeMessage: boolean
  readonly alerts: ReadonlyMap<string, AlertFacts>
  readonly tracked: readonly TrackedAlert[]
  /** The message that waits. */
  readonly waiting: { readonly id: string; readonly isClaimed: boolean } | undefined
}

/** `replace`: the message that waits is deleted. `about`: what the new one is about; `isNew`: with alerts that no message had. */
export interface ChannelPlan {
  /** To insert, or to update. */
  readonly track: readonly TrackedAlert[]
  readonly forget: readonly string[]
  /** They are no longer critical: what was shown of them does not count if they become critical again. */
  readonly forgetShown: readonly string[]
  readonly message: { readonly about: readonly string[]; readonly isNew: boolean } | undefined
  readonly replaces: string | undefined
}

/** @param newMessageId of a message, if one is made */
export function planChannel(facts: ChannelFacts, newMessageId: string): ChannelPlan {
  const steps = stepsOf(facts)
  const { waiting, mayMakeMessage } = facts
  const isFree = waiting?.isClaimed !== true
  const members = steps.filter(({ after }) => after?.messageId !== undefined)
  const added = mayMakeMessage && isFree ? steps.filter(({ joins }) => joins !== undefined) : []
  const hasLost = steps.some(({ before, after }) => before?.messageId !== undefined && after?.messageId === undefined)
  const isChanged = isFree && (added.length > 0 || hasLost)
  const about = isChanged ? [...members, ...added] : []
  const inMessage = new Map(
    about.map(({ after, joins }) => [after?.alertId, joins ?? (after?.state as TrackedState)] as const),
  )
  const planned = steps.map((step) => withMessage(step, inMessage.get(step.after?.alertId), newMessageId))
  return {
    track: planned.flatMap(({ before, after }) => (after && !isSame(before, after) ? [after] : [])),
    forget: planned.flatMap(({ before, after }) => (before && !after ? [before.alertId] : [])),
    forgetShown: steps.flatMap(({ id, isEased }) => (isEased ? [id] : [])),
    message: about.length === 0 ? undefined : { about: about.map(({ id }) => id), isNew: added.length > 0 },
    replaces: isChanged ? waiting?.id : undefined,
  }
}

/** What becomes of an alert. `joins`: the next message, in that state. */
interface Step {
  readonly id: string
  readonly before: TrackedAlert | undefined
  readonly after: TrackedAlert | undefined
  readonly joins?: 'sending' | 'ending'
  /** It fires, and is no longer critical. */
  readonly isEased?: boolean
}

type Outcome = Omit<Step, 'id' | 'before'>

function withMessage(step: Step, state: TrackedState | undefined, messageId: string): Step {
  return step.after === undefined || state === undefined
    ? step
    : { ...step, after: { ...step.after, state, messageId } }
}

function stepsOf(facts: ChannelFacts): Step[] {
  const { alerts, tracked, isTurnedOn, now } = facts
  const known = new Set(tracked.map(({ alertId }) => alertId))
  const steps: Step[] = tracked.map((before) => ({ ...stepOf(before, facts), id: before.alertId, before }))
  for (const [alertId, { isCritical, isHeld }] of alerts) {
    if (!isCritical || known.has(alertId)) continue
    const state = isTurnedOn ? 'exempt' : 'watched'
    const after: TrackedAlert = { alertId, state, countedFrom: now, held: isHeld, messageId: undefined }
    steps.push({ id: alertId, before: undefined, after })
  }
  return steps
}

const gone: AlertFacts = { isFiring: false, isCritical: false, isHeld: false, isShown: false }

function stepOf(before: TrackedAlert, facts: ChannelFacts): Outcome {
  const alert = facts.alerts.get(before.alertId) ?? gone
  switch (before.state) {
    case 'exempt':
    case 'watched':
    case 'given-up':
      return alert.isCritical ? unsent(before, alert, facts) : ended(alert)
    case 'sending':
      return inMessage(before, alert, facts)
    case 'sent':
      return alert.isFiring ? { after: before } : afterEnd(before, facts)
    case 'ending':
      return { after: facts.isTurnedOn ? undefined : before }
  }
}

function ended({ isFiring }: AlertFacts): Outcome {
  return { after: undefined, isEased: isFiring }
}

/** The time starts again when an acknowledgement, a silence or an inhibition ends: consoles get as long to show it. */
function unsent(before: TrackedAlert, alert: AlertFacts, facts: ChannelFacts): Outcome {
  const countedFrom = before.held && !alert.isHeld ? facts.now : before.countedFrom
  const after = { ...before, state: nextState(before, facts), held: alert.isHeld, countedFrom, messageId: undefined }
  const isDue = after.state === 'watched' && !alert.isHeld && !alert.isShown && facts.now - countedFrom >= facts.afterMs
  return isDue ? { after, joins: 'sending' } : { after }
}

function nextState({ state }: TrackedAlert, { isTurnedOn, isRetargeted }: ChannelFacts): TrackedState {
  if (isTurnedOn) return 'exempt'
  return state === 'given-up' && isRetargeted ? 'watched' : state
}

/** A retry says what is true now: an alert that has ended, or that a person has seen, leaves the message. */
function inMessage(before: TrackedAlert, alert: AlertFacts, facts: ChannelFacts): Outcome {
  const { waiting, isTurnedOn } = facts
  if (waiting?.isClaimed && waiting.id === before.messageId) return { after: before }
  if (!alert.isCritical) return ended(alert)
  if (alert.isHeld || alert.isShown || isTurnedOn || waiting === undefined) {
    return unsent({ ...before, state: 'watched' }, alert, facts)
  }
  return { after: before }
}

function afterEnd(before: TrackedAlert, { isTurnedOn }: ChannelFacts): Outcome {
  return isTurnedOn ? { after: undefined } : { after: before, joins: 'ending' }
}

function isSame(a: TrackedAlert | undefined, b: TrackedAlert): boolean {
  return a?.state === b.state && a.countedFrom === b.countedFrom && a.held === b.held && a.messageId === b.messageId
}
