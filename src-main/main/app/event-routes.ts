import { formatClock, formatClockMinutes } from '#shared/format/time.ts'
import { dayPrefix } from '#shared/format/zone-time.ts'
import type { TimeStyle } from '#shared/format/time.ts'
import type { Log } from '#shared/log.ts'
import type { ClearLevels } from './clear-levels.ts'
import type { FiringAlerts } from './firing-alerts.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import type { CurrentHealth } from './current-health.ts'
import { PowerRoutes, type PowerEvent } from './power-routes.ts'
import { RouteGate, type GatedDeps } from './route-gate.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { AlertNotifications } from '../notifications/alert-notifications.ts'
import { BlindNotifications } from '../notifications/blind-notifications.ts'
import type { DoNotDisturb } from '../notifications/do-not-disturb.ts'
import type { PopupActs } from '../notifications/popup-acts.ts'
import type { HeldBackCounts, NotificationPause } from '../notifications/notification-pause.ts'
import { SilencePopups } from '../notifications/silence-popups.ts'
import { isNotSetUp } from '../connections/not-set-up.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'

export interface EventRouteDeps extends GatedDeps {
  readonly data: DataThread
  readonly read: ReadThread
  readonly backend: BackendClient | undefined
  readonly health: CurrentHealth
  readonly alerts: FiringAlerts
  /** Who works at this console; `undefined` if nobody is signed in. */
  readonly operator: () => string | undefined
  readonly clearLevels: ClearLevels
  readonly doNotDisturb: NotificationPause & Pick<DoNotDisturb, 'tick' | 'request'>
  /** What the buttons of popups do. */
  readonly acts: PopupActs
  readonly settings: { readonly values: SettingValues }
  readonly open: (alertId?: string) => void
  readonly now: () => number
  readonly timeStyle: (at: number) => TimeStyle
  readonly log: Log
}

export interface EventRoutes {
  /** Subscribes to live frames while the window is visible. */
  readonly watch: (isVisible: boolean) => void
  readonly power: (event: PowerEvent) => void
  /** What do not disturb holds back now. */
  readonly held: HeldBackCounts
  /** Nothing is routed any more, and the popups of the connection leave the screen. What is queued stays queued. */
  readonly end: () => void
}

const framesPerSecond = 4
const tickMs = 1000
/** While nobody sees the window. New alerts do not wait for it. */
const unseenTickMs = 2000
/** Alerts that open within this time after the first are notified together. */
const collectMs = 300

/** Routes events of the data thread and the backend of one connection to window, tray and notifications. */
export function routeEvents(allDeps: EventRouteDeps): EventRoutes {
  const { data, read, health, alerts, clearLevels, log } = allDeps
  const gate = new RouteGate(allDeps)
  const deps: EventRouteDeps = { ...allDeps, ...gate.guarded }
  const notifications = createAlertNotifications(deps)
  const blind = createBlindNotifications(deps, notifications)
  const watch = (): void => {
    if (gate.isClosed || data.state.kind !== 'running') return
    callInBackground(log, 'live.subscribe', data.call('live.subscribe', { hz: power.isSeen ? framesPerSecond : 0 }))
  }
  const power: PowerRoutes = new PowerRoutes({ ...deps, notifications, blind, watch })
  const ticks = startTicks(deps, { notifications, blind, power })
  routeDataEvents(deps, notifications, ticks.soon)
  routeSilences(deps, notifications)
  data.onState((state) => {
    health.setThreadState(state)
    if (gate.isClosed || state.kind !== 'running') return
    // Only the data thread migrates the cache, so the read thread opens it afterwards.
    read.start()
    watch()
    callInBackground(
      log,
      'rules.list',
      data.call('rules.list', {}).then((rules) => clearLevels.replace(rules)),
    )
    callInBackground(
      log,
      'unseen.list',
      data.call('unseen.list', {}).then((ids) => (alerts.unseenIds = ids)),
    )
    callInBackground(
      log,
      'alerts.list',
      data.call('alerts.list', { open: true }).then((open) => alerts.replace(open)),
    )
  })
  power.visible(deps.window.isVisible)
  return {
    watch: (isVisible) => power.visible(isVisible),
    power: (event) => power.event(event),
    get held() {
      return notifications.held
    },
    end: () => {
      ticks.stop()
      gate.close()
    },
  }
}

function routeDataEvents(deps: EventRouteDeps, notifications: AlertNotifications, tickSoon: () => void): void {
  const { data, backend, health, alerts, clearLevels, window } = deps
  data.on('live.frame', (frame) => window.push('live.frame', frame))
  data.on('pending.changed', (pending) => {
    alerts.pending = pending.length
    window.push('pending.changed', pending)
  })
  data.on('held.changed', (held) => window.push('held.changed', held))
  data.on('unseen.changed', (ids) => {
    alerts.unseenIds = ids
    window.push('unseen.changed', ids)
    deps.showTray()
  })
  data.on('away.changed', (away) => window.push('away.changed', away))
  data.on('rules.changed', (rules) => {
    clearLevels.change(rules)
    window.push('rules.changed', rules)
  })
  data.on('actions.changed', (actions) => window.push('actions.changed', actions))
  backend?.session.onChange((session) => window.push('session.changed', session))
  data.on('notifications.queued', (queued) => {
    notifications.add(queued)
    tickSoon()
  })
  data.on('alerts.changed', (changed) => {
    alerts.change(changed)
    notifications.alertsChanged(changed)
    window.push('alerts.changed', changed)
    deps.showTray()
  })
  data.on('health.changed', (report) => health.setReport(report))
}

/** A silence changes at once what counts, and which popups stay. */
function routeSilences(deps: EventRouteDeps, notifications: AlertNotifications): void {
  const { data, alerts, window, notifier, doNotDisturb, log, now, timeStyle } = deps
  const offsetAt = (at: number): number => timeStyle(at).offsetMinutes
  const popups = new SilencePopups({
    show: (popup) => notifier.show(popup),
    pause: doNotDisturb,
    operator: deps.operator,
    firing: () => alerts.list,
    timeOf: (at) => dayPrefix(at, now(), offsetAt) + formatClockMinutes(at, timeStyle(at)),
    open: () => {
      deps.open()
      window.navigate({ page: 'silences' })
    },
    now,
  })
  data.on('silences.changed', (silences) => {
    alerts.silence(silences)
    notifications.silencesChanged()
    window.push('silences.changed', silences)
    deps.showTray()
  })
  data.on('silences.due', (notices) => callInBackground(log, 'silences.due', popups.show(notices)))
}

interface Ticks {
  /** Shows queued notifications before the next second. */
  readonly soon: () => void
  readonly stop: () => void
}

interface TickDeps {
  readonly notifications: AlertNotifications
  readonly blind: BlindNotifications
  readonly power: PowerRoutes
}

/** Queued notifications, blindness and expiring acknowledgements depend on time, so a timer checks them. */
function startTicks(deps: EventRouteDeps, { notifications, blind, power }: TickDeps): Ticks {
  const { health, inUse, doNotDisturb, log } = deps
  const tick = (): void => {
    power.tick()
    const { report } = health
    const blindTick = isNotSetUp(inUse().origin, report) ? undefined : blind.tick(report.health)
    callInBackground(log, 'tick', Promise.all([notifications.tick(), blindTick]))
    doNotDisturb.tick()
    deps.showTray()
  }
  let timer: NodeJS.Timeout
  const next = (): void => {
    timer = setTimeout(
      () => {
        tick()
        next()
      },
      power.isSeen ? tickMs : unseenTickMs,
    )
  }
  next()
  let early: NodeJS.Timeout | undefined
  return {
    soon: () => {
      early ??= setTimeout(() => {
        early = undefined
        tick()
      }, collectMs)
    },
    stop: () => {
      clearTimeout(timer)
      clearTimeout(early)
    },
  }
}

function createBlindNotifications(
  { notifier, doNotDisturb, open, now, timeStyle }: EventRouteDeps,
  notifications: AlertNotifications,
): BlindNotifications {
  return new BlindNotifications({
    show: (popup) => notifier.show(popup),
    withdraw: (tag) => notifier.withdraw(tag),
    pause: doNotDisturb,
    heldBack: (period) => notifications.blindMeanwhile(period),
    open: () => open(),
    now,
    timeStyle,
  })
}

function createAlertNotifications({
  data,
  health,
  alerts,
  notifier,
  doNotDisturb,
  window,
  clearLevels,
  sounds,
  settings,
  open,
  now,
  timeStyle,
  log,
}: EventRouteDeps): AlertNotifications {
  return new AlertNotifications({
    show: (popup) => notifier.show(popup),
    withdraw: (tag) => notifier.withdraw(tag),
    settle: (shown, items, as) =>
      callInBackground(log, 'notifications.settle', data.call('notifications.settle', { shown, items, as })),
    sound: (severity) => (settings.values[`sound.${severity}`] ? sounds.play(severity) : undefined),
    pause: doNotDisturb,
    health: () => health.report.health,
    firing: () => alerts.list,
    isSilenced: alerts.isSilenced,
    clearLevelOf: clearLevels.of,
    timeOf: (at) => formatClock(at, timeStyle(at)),
    open: (alertId) => {
      open(alertId)
      if (alertId === undefined) window.navigate({ page: 'alerts' })
    },
    now,
  })
}

/** Logs a failure instead of throwing. If the data thread stops during the call, its restart sends the state again. */
function callInBackground(log: Log, call: string, reply: Promise<unknown>): void {
  reply.catch((cause: unknown) => log.info('call failed', { call, cause }))
}
