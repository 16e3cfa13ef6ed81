import { actionQueueOf } from '#shared/ipc/action-queue.ts'
import { backendAwaySince } from '#shared/session/backend-away.ts'
import { isNotSetUp } from '../connections/not-set-up.ts'
import type { BlindNotifications } from '../notifications/blind-notifications.ts'
import type { HeldBackCounts } from '../notifications/notification-pause.ts'
import { callInBackground } from './call-in-background.ts'
import { DataThreadWatch } from './data-thread-watch.ts'
import type { EventRouteDeps } from './event-route-deps.ts'
import { createNotifications, routeSilences } from './notification-routes.ts'
import type { NotificationRoutes } from './notification-routes.ts'
import { PowerRoutes, type PowerEvent } from './power-routes.ts'
import { RouteGate } from './route-gate.ts'

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

/** Routes events of the data thread and the backend of one connection to window, tray and notifications. */
export function routeEvents(allDeps: EventRouteDeps): EventRoutes {
  const { data, read, health, alerts, clearLevels, log } = allDeps
  const gate = new RouteGate(allDeps)
  const deps: EventRouteDeps = { ...allDeps, ...gate.guarded }
  const { notifications, blind, silences, update, stop } = createNotifications(deps)
  const watch = (): void => {
    if (gate.isClosed || data.state.kind !== 'running') return
    callInBackground(log, 'live.subscribe', data.call('live.subscribe', { hz: power.isSeen ? framesPerSecond : 0 }))
  }
  const power: PowerRoutes = new PowerRoutes({ ...deps, notifications, blind, watch })
  power.onLock(update)
  const stopTicks = startTicks(deps, { blind, power })
  routeDataEvents(deps, { notifications, update })
  routeSilences(deps, { notifications, silences, update })
  data.onState((state) => {
    health.setThreadState(state)
    if (gate.isClosed || state.kind !== 'running') return
    // Only the data thread migrates the cache, so the read thread opens it afterwards.
    read.start()
    watch()
    publishBackendAway(deps)
    callInBackground(
      log,
      'rules.list',
      data.call('rules.list', {}).then((rules) => clearLevels.replace(rules)),
    )
    callInBackground(
      log,
      'unseen.list',
      data.call('unseen.list', {}).then((ids) => alerts.setUnseen(ids)),
    )
    callInBackground(
      log,
      'alerts.list',
      data.call('alerts.list', { open: true }).then((open) => {
        alerts.replace(open)
        update()
      }),
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
      stop()
      stopTicks()
      gate.close()
    },
  }
}

function routeDataEvents(
  deps: EventRouteDeps,
  { notifications, update }: Pick<NotificationRoutes, 'notifications' | 'update'>,
): void {
  const { data, backend, health, alerts, clearLevels, window } = deps
  data.on('live.frame', (frame) => window.push('live.frame', frame))
  data.on('pending.changed', (pending) => {
    alerts.pending = pending.length
    window.push('pending.changed', pending)
  })
  data.on('held.changed', (held) => window.push('held.changed', held))
  data.on('unseen.changed', (ids) => {
    alerts.setUnseen(ids)
    update()
    window.push('unseen.changed', ids)
    deps.showTray()
  })
  data.on('away.changed', (away) => window.push('away.changed', away))
  data.on('rules.changed', (rules) => {
    clearLevels.change(rules)
    window.push('rules.changed', rules)
  })
  data.on('actions.changed', (actions) => window.push('actions.changed', actionQueueOf(actions)))
  data.on('mappings.changed', () => window.push('mappings.changed', null))
  backend?.session.onChange((session) => {
    window.push('session.changed', session)
    // It decides where a mapping is saved.
    window.push('mappings.changed', null)
    publishBackendAway(deps)
  })
  data.on('notifications.queued', (queued) => {
    notifications.add(queued)
    update()
  })
  data.on('notifications.shown', (shown) => notifications.shownBefore(shown))
  data.on('alerts.changed', (changed) => {
    alerts.change(changed)
    notifications.alertsChanged(changed)
    update()
    window.push('alerts.changed', changed)
    deps.showTray()
  })
  data.on('health.changed', (report) => health.setReport(report))
}

/** The data thread knows no backend. It has no memory of an earlier one that died. */
function publishBackendAway({ data, backend, log }: EventRouteDeps): void {
  if (backend === undefined || data.state.kind !== 'running') return
  const since = backendAwaySince(backend.session.session)
  callInBackground(log, 'own.backendAway', data.call('own.backendAway', { since }))
}

/** A timer checks what depends on the clock: blindness, sleep, a hung data thread, do not disturb. @returns stops */
function startTicks(
  deps: EventRouteDeps,
  { blind, power }: { blind: BlindNotifications; power: PowerRoutes },
): () => void {
  const { health, inUse, doNotDisturb, log } = deps
  const dataThread = new DataThreadWatch(deps)
  const tick = (): void => {
    power.tick()
    dataThread.tick()
    const { report } = health
    if (!isNotSetUp(inUse().origin, report)) callInBackground(log, 'blind', blind.tick(report.health))
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
  return () => clearTimeout(timer)
}
