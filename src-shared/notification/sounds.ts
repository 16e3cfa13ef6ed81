import type { Alert } from '../alert/alert.ts'
import { isCritical, isNew } from './audience.ts'
import type { Audience } from './audience.ts'
import type { NotificationPlan, PlanFacts, PlannedPopup, PlannerState, PlayedSound } from './notification-plan.ts'
import type { SoundKind } from './sound-kind.ts'

/** A repeated sound comes this often, ms. */
const repeatMs = 30_000

export type PlannedSound = Pick<NotificationPlan, 'sound' | 'stopSound' | 'nextAt'> & { readonly state: PlannerState }

interface Ears {
  readonly facts: PlanFacts
  readonly audience: Audience
}

/**
 * One sound for all that pops up now: the worst. Only for alerts that pop up, so never for what is filtered, muted,
 * acknowledged, silenced or held back. It comes again each 30 s if the setting says so, until somebody has seen or
 * acknowledged the alerts, and it stops as soon as nothing needs it.
 */
export function plannedSound(state: PlannerState, show: readonly PlannedPopup[], ears: Ears): PlannedSound {
  const { facts } = ears
  const queuedIds = new Set(facts.queued.map(({ alert }) => alert.id))
  const kept = { ...state, sounded: new Set([...state.sounded].filter((id) => queuedIds.has(id))) }
  const alerts = show.filter(({ isUpdate }) => !isUpdate).flatMap((popup) => soundingAlerts(popup, kept, ears))
  const kind = kindOf(alerts, show, facts)
  if (kind !== undefined && !isPlaying(kept.sound, alerts, facts.now)) return played(kept, kind, { alerts, ears })
  return repeated(kept, ears)
}

/** The alerts in a popup that nobody has been made aware of. */
function soundingAlerts(popup: PlannedPopup, state: PlannerState, { audience }: Ears): Alert[] {
  const audible = popup.items
    .map(({ alert }) => alert)
    .filter((alert) => audience.popsUp(alert) && !audience.isHeld(alert))
  if (popup.kind === 'storm') return state.isStormShown && !popup.isReminder ? [] : audible
  if (popup.isReminder || popup.kind === 'away' || popup.kind === 'held-back') return audible
  const fresh = state.popups.get(popup.tag)?.fresh ?? new Set()
  const keys = popup.settles.filter(isNew).filter(({ alertId }) => !state.sounded.has(alertId))
  const ids = new Set([...keys.map(({ alertId }) => alertId), ...fresh])
  return audible.filter(({ id }) => ids.has(id))
}

function kindOf(alerts: readonly Alert[], show: readonly PlannedPopup[], facts: PlanFacts): SoundKind | undefined {
  const { sounds } = facts.settings
  if (sounds.critical && alerts.some(isCritical)) return 'critical'
  if (sounds.warning && alerts.some((alert) => !isCritical(alert))) return 'warning'
  return sounds.resolved && show.some(({ kind, isUpdate }) => kind === 'resolved' && !isUpdate) ? 'resolved' : undefined
}

/** The same plan is made again if something changed while its popups were shown. */
function isPlaying(sound: PlayedSound | undefined, alerts: readonly Alert[], now: number): boolean {
  if (!sound || now - sound.at >= repeatMs || alerts.length === 0) return false
  return alerts.every(({ id }) => sound.alertIds.has(id))
}

function played(
  state: PlannerState,
  kind: SoundKind,
  { alerts, ears }: { readonly alerts: readonly Alert[]; readonly ears: Ears },
): PlannedSound {
  const { now, settings, isUnseen } = ears.facts
  const before = state.sound ? stillNeeded(state.sound, ears) : []
  const ids = alerts.filter((alert) => settings.sounds[soundOf(alert)]).map(({ id }) => id)
  const sound: PlayedSound = {
    kind,
    at: now,
    alertIds: new Set([...before, ...ids]),
    seenBefore: new Set([...(state.sound?.seenBefore ?? []), ...ids.filter((id) => !isUnseen(id))]),
  }
  const sounded = new Set([...state.sounded, ...alerts.map(({ id }) => id)])
  return { state: { ...state, sound, sounded }, sound: kind, stopSound: false, nextAt: nextRepeat(sound, ears.facts) }
}

function repeated(state: PlannerState, ears: Ears): PlannedSound {
  const { sound } = state
  const { facts } = ears
  if (!sound) return { state, sound: undefined, stopSound: false, nextAt: Infinity }
  const isOver = facts.now - sound.at >= repeatMs
  const needed = stillNeeded(sound, ears)
  const quiet = { state: { ...state, sound: undefined }, sound: undefined, nextAt: Infinity }
  if (isOver && !facts.settings.repeatsSound) return { ...quiet, stopSound: false }
  if (sound.alertIds.size > 0 && needed.length === 0) return { ...quiet, stopSound: true }
  if (!isOver) return { state, sound: undefined, stopSound: false, nextAt: nextRepeat(sound, facts) }
  const ids = needed.filter((id) => facts.isUnseen(id))
  const kind = kindOf(alertsOf(ids, facts), [], facts)
  if (kind === undefined) return { ...quiet, stopSound: false }
  const again: PlayedSound = { kind, at: facts.now, alertIds: new Set(ids), seenBefore: new Set() }
  return { state: { ...state, sound: again }, sound: kind, stopSound: false, nextAt: nextRepeat(again, facts) }
}

function nextRepeat({ at, alertIds }: PlayedSound, { settings }: PlanFacts): number {
  return settings.repeatsSound && alertIds.size > 0 ? at + repeatMs : Infinity
}

/** Alerts that sounded and that may sound on: they pop up, and nobody has seen them since. */
function stillNeeded({ alertIds, seenBefore }: PlayedSound, { facts, audience }: Ears): string[] {
  return alertsOf([...alertIds], facts)
    .filter((alert) => audience.popsUp(alert) && !audience.isHeld(alert) && facts.settings.sounds[soundOf(alert)])
    .filter(({ id }) => seenBefore.has(id) || facts.isUnseen(id))
    .map(({ id }) => id)
}

function alertsOf(ids: readonly string[], { firing, queued }: PlanFacts): Alert[] {
  const alerts = new Map([...queued.map(({ alert }) => alert), ...firing].map((alert) => [alert.id, alert]))
  return ids.flatMap((id) => alerts.get(id) ?? [])
}

function soundOf(alert: Alert): 'critical' | 'warning' {
  return isCritical(alert) ? 'critical' : 'warning'
}
