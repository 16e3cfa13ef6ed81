import type { Alert } from '#shared/alert/alert.ts'
import type { HeldAlert } from '#shared/alert/held.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import { previewHeld, previewPending } from './preview-pending.ts'
import type { HealthReport, IpcReply, IpcRequest } from '#shared/ipc/contract.ts'
import { anAppInfo } from '../bridge/bridge-builders.ts'
import { okReply, FakeBridge } from '../bridge/fake-bridge.ts'
import { PreviewAlerts, previewAlerts, type PreviewAlertsOptions, timelineOf } from './preview-alerts.ts'
import { cacheReplies } from './preview-cache.ts'
import { PreviewConnections, type PreviewConnectionsOptions } from './preview-connections.ts'
import { PreviewFleet } from './preview-fleet.ts'
import { PreviewSilences, type PreviewSilencesOptions } from './preview-silences.ts'
import {
  brokenCache,
  PreviewHistory,
  type PreviewHistoryOptions,
  type PreviewHistorySource,
} from './preview-history.ts'
import { mappingReplies, type PreviewMappingOptions } from './preview-mappings.ts'
import { PreviewRules } from './preview-rules.ts'
import { streamReplies, type PreviewStreamOptions } from './preview-stream.ts'
import { settingsReplies, type PreviewSettingsOptions } from './preview-settings.ts'
import { teamConsoleReplies, type PreviewTeamOptions } from './preview-team-consoles.ts'
import { topicRecordReplies, type PreviewRecordsOptions } from './preview-topic-records.ts'
import { toastReplies, type PreviewToastsOptions } from './preview-toasts.ts'
import { updatesReplies, type PreviewUpdatesOptions } from './preview-updates.ts'
import { sessionReplies, userReplies, type PreviewSessionOptions } from './preview-session.ts'

export interface PreviewOptions
  extends
    PreviewAlertsOptions,
    PreviewSessionOptions,
    PreviewTeamOptions,
    PreviewSettingsOptions,
    PreviewConnectionsOptions,
    PreviewUpdatesOptions,
    PreviewSilencesOptions,
    PreviewToastsOptions,
    PreviewHistoryOptions,
    PreviewStreamOptions,
    PreviewMappingOptions,
    PreviewRecordsOptions {
  readonly nodes: number
  readonly hz: number
  /** `roles`: names such as web-117, in groups. `odd`: some with marks of direction. */
  readonly names: 'roles' | 'numbers' | 'odd'
  /** Series of Telegraf that each node but the last sends. */
  readonly series: number
  /**
   * `restart`: blind, and the cache takes half a second to open. `lagging`: live, but the window gets reports that are
   * 24 s old, and no frames.
   */
  readonly state: 'live' | 'lagging' | 'blind' | 'empty' | 'catching-up' | 'first-start' | 'restart'
  readonly values: 'usual' | 'extreme'
  readonly theme: 'dark' | 'light'
}

/** A console in a browser tab: the fake bridge over a simulated fleet. */
export function previewConsole(options: PreviewOptions): FakeBridge {
  const noData = options.state === 'empty' || options.state === 'first-start'
  const fleet = fleetOf(options, noData ? 0 : options.nodes)
  const connections = new PreviewConnections(options)
  const rules = new PreviewRules(options, fleet.startedAt)
  const silences = new PreviewSilences(options, rules.all, fleet)
  const alerts = new PreviewAlerts(noData ? [] : previewAlerts(fleet, rules.all, options), options.away, (ids) =>
    bridge.push('unseen.changed', ids),
  )
  const pendingOf = (): PendingAlert[] => (noData ? [] : previewPending(fleet, asOf(options, fleet)))
  const heldOf = (): HeldAlert[] => (noData ? [] : previewHeld(fleet, asOf(options, fleet)))
  const bridge = new FakeBridge({
    'app.info': () =>
      okReply(anAppInfo({ theme: options.theme, connection: connections.mark, kafka: connections.brokers })),
    'health.get': () => okReply(reportOf(options, fleet)),
    'live.snapshot': async () => {
      if (options.state === 'restart') await new Promise((resolve) => setTimeout(resolve, 500))
      return okReply({ directory: fleet.directory, frame: fleet.snapshot(asOf(options, fleet)) })
    },
    'samples.range': ({ nodeId, metrics, from, to, points }) =>
      options.history === 'broken'
        ? brokenCache()
        : okReply(rangeOf(options, fleet, { nodeId, metrics, from, to, points })),
    ...alerts.replies,
    ...pastReplies(options, { fleet, rules: rules.all, alerts: alerts.all }, () => alerts.all),
    'pending.list': () => okReply(pendingOf()),
    'held.list': () => okReply(heldOf()),
    ...rules.replies((changed) => bridge.push('rules.changed', changed)),
    ...silences.replies((all) => bridge.push('silences.changed', all)),
    ...sessionReplies(options, { alerts: alerts.all, rules: rules.all }),
    ...userReplies(options),
    ...teamConsoleReplies(options),
    ...settingsReplies(options, {
      settings: (view) => bridge.push('settings.changed', view),
      theme: (theme) => bridge.push('theme.changed', theme),
      doNotDisturb: (view) => bridge.push('doNotDisturb.changed', view),
    }),
    ...toastReplies(options),
    ...connections.replies((step) => bridge.push('connections.testStep', step)),
    ...updatesReplies(options, { at: fleet.startedAt, push: (view) => bridge.push('updates.changed', view) }),
    ...cacheReplies(noData),
    ...streamReplies(options, {
      at: fleet.startedAt,
      isEmpty: noData,
      push: (progress) => bridge.push('sources.findProgress', progress),
    }),
    ...mappingReplies(options, fleet.startedAt, () => bridge.push('mappings.changed', null)),
    ...topicRecordReplies(options, fleet.startedAt),
    ...fixedReplies(),
  })
  setInterval(() => bridge.push('pending.changed', pendingOf()), 1000)
  setInterval(() => bridge.push('held.changed', heldOf()), 1000)
  pushFleet(bridge, options, fleet)
  return bridge
}

function pushFleet(bridge: FakeBridge, options: PreviewOptions, fleet: PreviewFleet): void {
  const moving = options.state === 'live' && fleet.nodes.length > 0
  const share = Math.min(1, 1000 / options.hz / fleet.intervalMs)
  if (moving) setInterval(() => bridge.push('live.frame', fleet.frame(Date.now(), share)), 1000 / options.hz)
  setInterval(() => bridge.push('health.changed', reportOf(options, fleet)), 1000)
}

function fleetOf({ nodes, names, series, values }: PreviewOptions, shown: number): PreviewFleet {
  const fleet = new PreviewFleet(shown, nodes > 100 ? 1000 : 2000, { names, series })
  fleet.extreme = values === 'extreme'
  return fleet
}

/** Timelines and history. An alert of the list has a timeline of its own kind. */
function pastReplies(
  options: PreviewOptions,
  source: PreviewHistorySource,
  listed: () => readonly Alert[],
): FakeBridge['replies'] {
  const history = new PreviewHistory(options, source)
  return {
    ...history.replies(),
    'alerts.timeline': ({ id }) => {
      if (options.history === 'broken') return brokenCache()
      const own = listed().find((alert) => alert.id === id)
      return okReply([...(own ? timelineOf(own) : (history.timelineOf(id) ?? []))])
    },
  }
}

/** Replies that are always the same. */
const fixedReplies = (): FakeBridge['replies'] => ({
  'stream.reconnect': () => okReply({}),
  'samples.export': () => okReply({ saved: true, path: '/home/anna/node-1.csv', rows: 1234 }),
  'nodes.forget': () => okReply({ kind: 'forgotten' }),
})

/** With a backend, values older than two hours are the backend's, one per minute. */
function rangeOf(
  options: PreviewOptions,
  fleet: PreviewFleet,
  request: IpcRequest<'samples.range'>,
): IpcReply<'samples.range'> {
  const { from, to } = request
  const boundary = fleet.startedAt - 7_200_000
  const own = { from: Math.max(from, boundary), to, source: 'cache' as const, resolution: 0 }
  const older = { from, to: boundary, source: 'backend' as const, resolution: 60 }
  const known = options.session !== 'standalone' && options.backend === 'ok'
  const isOlder = from < boundary && options.session !== 'standalone'
  return {
    from,
    to,
    series: fleet.range(request.nodeId, request.metrics, request),
    segments: isOlder && known ? [older, own] : [{ ...own, from }],
    ...(isOlder && !known ? { missingReason: 'Older values are not available: the backend does not answer.' } : {}),
  }
}

const asOf = (options: PreviewOptions, fleet: PreviewFleet): number =>
  options.state === 'blind' || options.state === 'restart' ? fleet.startedAt - 142_000 : Date.now()

/** Messages per second, while it catches up. */
const backlogRate = 243_000

function reportOf(options: PreviewOptions, fleet: PreviewFleet): HealthReport {
  const since = fleet.startedAt - 140_000
  const connecting: HealthReport['health'] = {
    kind: 'blind',
    since,
    cause: 'connecting',
    detail: 'Nothing is listening on localhost:9092. Check that Kafka is running and the address is right.',
    retryAt: Date.now() + 4000,
  }
  const kinds: Record<PreviewOptions['state'], HealthReport['health']> = {
    live: { kind: 'live', behindMs: 400 },
    lagging: { kind: 'live', behindMs: 400 },
    blind: {
      kind: 'blind',
      since,
      cause: 'disconnected',
      detail: 'Nothing is listening on localhost:9092. Check that Kafka is running and the address is right.',
      retryAt: Date.now() + 4000,
    },
    'first-start': connecting,
    restart: connecting,
    empty: { kind: 'empty', pattern: '^metrics-' },
    'catching-up': {
      kind: 'catching-up',
      lagMessages: 1_204_310,
      behindMs: 380_000,
      messagesPerSecond: backlogRate,
      leftMs: 5200,
    },
  }
  const written = (fleet.nodes.length * 1000) / fleet.intervalMs
  const rate = { blind: 0, restart: 0, 'catching-up': backlogRate }[options.state as string] ?? written
  return {
    health: kinds[options.state],
    at: Date.now() - (options.state === 'lagging' ? 24_000 : 0),
    frame: fleet.seq,
    messagesPerSecond: rate,
    valuesLastMinute: Math.round(rate * 240),
    lagMessages: 2,
    lastSampleAt: fleet.nodes.length === 0 ? null : asOf(options, fleet),
    topics: fleet.nodes.length,
    partitions: fleet.nodes.length,
    silentNodes: fleet.nodes.length > 5 ? 1 : 0,
    rejected: 3,
    gaps: 2,
    cacheBytes: 182_000_000,
    cacheDiskBytes: 216_000_000,
    cacheValues: 6_200_000,
    notices: [],
  }
}
