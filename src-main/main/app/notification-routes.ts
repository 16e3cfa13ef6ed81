import type { Alert } from '#shared/alert/alert.ts'
import { formatClock, formatClockMinutes } from '#shared/format/time.ts'
import { dayPrefix } from '#shared/format/zone-time.ts'
import { planSettings } from '#shared/notification/plan-settings.ts'
import { AlertNotifications } from '../notifications/alert-notifications.ts'
import { BlindNotifications } from '../notifications/blind-notifications.ts'
import type { ShowPopup } from '../notifications/desktop-popup.ts'
import { popupOrToast } from '../notifications/popup-or-toast.ts'
import { SilencePopups } from '../notifications/silence-popups.ts'
import { callInBackground } from './call-in-background.ts'
import type { EventRouteDeps } from './event-route-deps.ts'
import { PlanTimer } from './plan-timer.ts'

export interface NotificationRoutes {
  readonly notifications: AlertNotifications
  readonly blind: BlindNotifications
  readonly silences: SilencePopups
  /** Something changed that a plan depends on. */
  readonly update: () => void
  readonly stop: () => void
}

/** Notifications of one connection: planned after each event, and by a timer at the time that the plan names. */
export function createNotifications(deps: EventRouteDeps): NotificationRoutes {
  const { health, settings, doNotDisturb, notifier, now, log } = deps
  const timer = new PlanTimer(now, () => update())
  let compiled = planSettings(settings.values)
  const notifications = createAlertNotifications(deps, { timer, settings: () => compiled })
  const silences = createSilencePopups(deps, notifications)
  const update = (): void => {
    callInBackground(log, 'notifications', notifications.update())
  }
  let kind = health.report.health.kind
  health.onChange(({ health: next }) => {
    if (next.kind === kind) return
    kind = next.kind
    update()
  })
  const stops = [
    settings.onChange((changed) => {
      if (![...changed].some((key) => key.startsWith('notifications.') || key.startsWith('sound.'))) return
      compiled = planSettings(settings.values)
      update()
    }),
    doNotDisturb.onChange(update),
    notifier.onFacts(() => {
      notifications.systemChanged()
      update()
    }),
    () => timer.stop(),
  ]
  return {
    notifications,
    blind: createBlindNotifications(deps, notifications),
    silences,
    update,
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

/** A silence changes at once what counts, and which popups stay. */
export function routeSilences(
  deps: EventRouteDeps,
  { notifications, silences: popups, update }: Pick<NotificationRoutes, 'notifications' | 'silences' | 'update'>,
): void {
  const { data, alerts, window, log } = deps
  data.on('silences.changed', (silences) => {
    alerts.silence(silences)
    notifications.silencesChanged()
    update()
    window.push('silences.changed', silences)
    deps.showTray()
  })
  data.on('silences.due', (notices) => callInBackground(log, 'silences.due', popups.show(notices)))
}

/** Popups of others are among the six a minute. */
function counted({ notifier, toasts }: EventRouteDeps, notifications: AlertNotifications): ShowPopup {
  return popupOrToast({
    show: (popup) => notifier.show(popup),
    toast: (popup) => toasts.show(popup),
    onShown: () => notifications.otherShown(),
  })
}

function createSilencePopups(deps: EventRouteDeps, notifications: AlertNotifications): SilencePopups {
  const { alerts, window, doNotDisturb, operator, now, timeStyle } = deps
  const offsetAt = (at: number): number => timeStyle(at).offsetMinutes
  return new SilencePopups({
    show: counted(deps, notifications),
    pause: doNotDisturb,
    operator,
    firing: () => alerts.list,
    timeOf: (at) => dayPrefix(at, now(), offsetAt) + formatClockMinutes(at, timeStyle(at)),
    open: () => {
      deps.open()
      window.navigate({ page: 'silences' })
    },
    now,
  })
}

function createBlindNotifications(deps: EventRouteDeps, notifications: AlertNotifications): BlindNotifications {
  const { alerts, notifier, doNotDisturb, settings, sounds, acts, now, timeStyle, log } = deps
  return new BlindNotifications({
    show: counted(deps, notifications),
    withdraw: (tag) => notifier.withdraw(tag),
    sound: () => {
      if (settings.values['sound.critical']) sounds.play('critical')
    },
    pause: doNotDisturb,
    heldBack: (period) => notifications.blindMeanwhile(period),
    isMuted: () => alerts.isBlindMuted,
    act: (action) => callInBackground(log, action.kind, acts.run(action)),
    now,
    timeStyle,
  })
}

interface PlanParts {
  readonly timer: PlanTimer
  readonly settings: () => ReturnType<typeof planSettings>
}

function createAlertNotifications(deps: EventRouteDeps, { timer, settings: planned }: PlanParts): AlertNotifications {
  const { data, health, alerts, notifier, toasts, doNotDisturb, clearLevels, sounds, acts, now, timeStyle, log } = deps
  return new AlertNotifications({
    show: (popup) => notifier.show(popup),
    withdraw: (tag) => notifier.withdraw(tag),
    isBroken: () => notifier.facts.problem !== undefined,
    toast: (popup) => toasts.show(popup),
    sounds,
    settle: (shown, items, as) =>
      callInBackground(log, 'notifications.settle', data.call('notifications.settle', { shown, items, as })),
    reminded: (alertIds) =>
      callInBackground(log, 'notifications.reminded', data.call('notifications.reminded', { alertIds })),
    pause: doNotDisturb,
    health: () => health.report.health,
    settings: planned,
    hidden: () => notifier.hidden,
    firing: () => alerts.list,
    isSilenced: alerts.isSilenced,
    isUnseen: alerts.isUnseen,
    valuesOf: async (list) => valuesById(list, await data.call('live.values', { series: list.map(seriesOf) })),
    clearLevelOf: clearLevels.of,
    timeOf: (at) => formatClock(at, timeStyle(at)),
    act: (action) => callInBackground(log, action.kind, acts.run(action)),
    wakeAt: (at) => timer.set(at),
    now,
  })
}

function seriesOf({ nodeId, metric }: Alert): { nodeId: string; metric: string } {
  return { nodeId, metric }
}

function valuesById(alerts: readonly Alert[], values: ReadonlyArray<number | null>): ReadonlyMap<string, number> {
  return new Map(
    alerts.flatMap(({ id }, i) => {
      const value = values[i]
      return typeof value === 'number' ? [[id, value] as const] : []
    }),
  )
}
