import { formatClock } from '#shared/format/time.ts'
import type { Log } from '#shared/log.ts'
import type { ClearLevels } from './clear-levels.ts'
import type { FiringAlerts } from './firing-alerts.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import type { CurrentHealth } from './current-health.ts'
import { PowerRoutes, type PowerEvent } from './power-routes.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { AlertNotifications } from '../notifications/alert-notifications.ts'
import { BlindNotifications } from '../notifications/blind-notifications.ts'
import type { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import type { StatusTray } from '../tray/status-tray.ts'
import type { MainWindow } from '../windows/main-window.ts'

export interface EventRouteDeps {
  readonly data: DataThread
  readonly read: ReadThread
  readonly backend: BackendClient | undefined
  readonly health: CurrentHealth
  readonly alerts: FiringAlerts
  readonly clearLevels: ClearLevels
  readonly window: MainWindow
  readonly tray: StatusTray
  readonly notifier: DesktopNotifier
  readonly open: (alertId?: string) => void
  readonly now: () => number
  readonly offsetMinutes: (at: number) => number
  readonly log: Log
}

export interface EventRoutes {
  /** Subscribes to live frames while the window is visible. */
  readonly watch: (isVisible: boolean) => void
  readonly power: (event: PowerEvent) => void
  readonly end: () => void
}

const framesPerSecond = 4
const tickMs = 1000
/** While nobody sees the window. New alerts do not wait for it. */
const unseenTickMs = 2000
/** Alerts that open within this time after the first are notified together. */
const collectMs = 300

/** Routes events of the data thread and the backend to window, tray and notifications. */
export function routeEvents(deps: EventRouteDeps): EventRoutes {
  const { data, read, health, alerts, clearLevels, log } = deps
  const notifications = createAlertNotifications(deps)
  const blind = createBlindNotifications(deps)
  let ended = false
  const watch = (): void => {
    if (ended || data.state.kind !== 'running') return
    callInBackground(log, 'live.subscribe', data.call('live.subscribe', { hz: power.isSeen ? framesPerSecond : 0 }))
  }
  const power: PowerRoutes = new PowerRoutes({ ...deps, notifications, blind, watch })
  const ticks = startTicks(deps, { notifications, blind, power })
  routeDataEvents(deps, notifications, ticks.soon)
  data.onState((state) => {
    health.setThreadState(state)
    if (ended || state.kind !== 'running') return
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
      'alerts.list',
      data.call('alerts.list', { open: true }).then((open) => alerts.replace(open)),
    )
  })
  return {
    watch: (isVisible) => power.visible(isVisible),
    power: (event) => power.event(event),
    end: () => {
      ended = true
      ticks.stop()
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
    showTray(deps)
  })
  data.on('health.changed', (report) => health.setReport(report))
  health.onChange((report) => {
    window.push('health.changed', report)
    showTray(deps)
  })
}

function showTray({ health, alerts, tray }: EventRouteDeps): void {
  const { report } = health
  tray.show({ health: report.health, alerts: alerts.list, pending: alerts.pending, silentNodes: report.silentNodes })
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
  const { health, log } = deps
  const tick = (): void => {
    power.tick()
    callInBackground(log, 'tick', Promise.all([notifications.tick(), blind.tick(health.report.health)]))
    showTray(deps)
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

function createBlindNotifications({ notifier, open, now, offsetMinutes }: EventRouteDeps): BlindNotifications {
  return new BlindNotifications({ show: (popup) => notifier.show(popup), open: () => open(), now, offsetMinutes })
}

function createAlertNotifications({
  data,
  health,
  alerts,
  notifier,
  window,
  clearLevels,
  open,
  now,
  offsetMinutes,
  log,
}: EventRouteDeps): AlertNotifications {
  return new AlertNotifications({
    show: (popup) => notifier.show(popup),
    withdraw: (tag) => notifier.withdraw(tag),
    settle: (shown, items) =>
      callInBackground(log, 'notifications.settle', data.call('notifications.settle', { shown, items })),
    health: () => health.report.health,
    firing: () => alerts.list,
    clearLevelOf: clearLevels.of,
    timeOf: (at) => formatClock(at, offsetMinutes(at)),
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
