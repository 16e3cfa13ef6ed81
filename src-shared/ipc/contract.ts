import { z } from 'zod'
import type { Alert } from '../alert/alert.ts'
import type { AwaySummary } from '../alert/away.ts'
import type { HeldAlert } from '../alert/held.ts'
import type { PendingAlert } from '../alert/pending.ts'
import { Health } from '../health/health.ts'
import { messageLimits } from '../metric/message.ts'
import { Gap } from '../metric/read-position.ts'
import { changePasswordOperation, signInInfoOperation } from '../rest/auth.ts'
import { Account, createUserOperation, updateUserOperation } from '../rest/users.ts'
import type { Rule } from '../rule/rule.ts'
import type { Silence } from '../silence/silence.ts'
import { OperatorSession } from '../session/operator-session.ts'
import { SettingKey } from '../settings/app-settings.ts'
import { ConnectionId } from '../settings/connection.ts'
import { TestResult, type TestStep } from '../settings/connection-test.ts'
import { OperatorAction } from '../team/operator-action.ts'
import { UpdatesView, WhatsNew } from '../update/updates-view.ts'
import { ActionQueue } from './action-queue.ts'
import { About, CacheUsage, LicenseText, SettingsView } from './app-views.ts'
import { alertCalls } from './alert-calls.ts'
import { auditCalls } from './audit-calls.ts'
import type { IpcCall, IpcPush } from './channels.ts'
import {
  ConnectionMark,
  ConnectionsView,
  DraftConnection,
  PemFacts,
  PemRequest,
  TestRequest,
} from './connection-views.ts'
import { consoleCalls } from './console-calls.ts'
import { DoNotDisturbRequest } from '../do-not-disturb/do-not-disturb.ts'
import { DoNotDisturbView } from './do-not-disturb-view.ts'
import { epochMs, nothing } from './fields.ts'
import { historyCalls } from './history-calls.ts'
import { LiveDirectory, LiveFrame, SeriesColumns } from './live-frame.ts'
import { mappingCalls } from './mapping-calls.ts'
import { ruleCalls } from './rule-calls.ts'
import { silenceCalls } from './silence-calls.ts'
import { sourceCalls, type FindProgress } from './source-calls.ts'
import { toastCalls, type Toast } from './toast-calls.ts'
import { soundCalls } from './sound-calls.ts'

const nodeId = z.string().min(1).max(messageLimits.nodeId)
const range = { nodeId, from: epochMs, to: epochMs }

/** About this app: versions, data folder and configuration. */
export const AppInfo = z.strictObject({
  version: z.string(),
  electron: z.string(),
  chromium: z.string(),
  /** Set when Electron is not the pinned major version. */
  runtimeNotice: z.string().optional(),
  dataDir: z.string(),
  metricsUrl: z.string(),
  kafka: z.string(),
  topicPattern: z.string(),
  backendUrl: z.string().optional(),
  user: z.string(),
  theme: z.enum(['dark', 'light']),
  /** The connection in use. */
  connection: ConnectionMark,
  platform: z.string(),
})
export type AppInfo = z.infer<typeof AppInfo>

/** Health and the numbers of the status bar. Counts begin with this run, except where noted. */
export const HealthReport = z.strictObject({
  health: Health,
  /** When the data thread made the report, epoch ms, and the number of its newest frame: the window may lag behind. */
  at: z.number(),
  frame: z.number(),
  messagesPerSecond: z.number(),
  valuesLastMinute: z.number(),
  lagMessages: z.number(),
  lastSampleAt: z.number().nullable(),
  /** What is read, with the topics of the team. */
  topics: z.number(),
  partitions: z.number(),
  /** Nodes that send nothing and whose offline alert does not fire. */
  silentNodes: z.number(),
  rejected: z.number(),
  gaps: z.number(),
  /** What the data of the cache takes. Its files are larger: free pages, and the write-ahead log. */
  cacheBytes: z.number(),
  cacheDiskBytes: z.number(),
  cacheValues: z.number(),
  /** Lasting problems that the operator should know: a cache moved aside, a full disk. */
  notices: z.array(
    z.strictObject({ id: z.string(), severity: z.enum(['info', 'warning', 'critical']), text: z.string() }),
  ),
})
export type HealthReport = z.infer<typeof HealthReport>

/** A rejected record: its position, the reason, and its first 1 KB as base64. Lists have the newest first. */
export const RejectedRecordView = z.strictObject({
  topic: z.string(),
  partition: z.number(),
  offset: z.number(),
  at: z.number(),
  code: z.string(),
  reason: z.string(),
  head: z.string(),
})
export type RejectedRecordView = z.infer<typeof RejectedRecordView>

/** A segment of a chart. `resolution`: the least seconds that one column of the backend covers; 0 for raw values. */
export const RangeSegment = z.strictObject({
  from: z.number(),
  to: z.number(),
  source: z.enum(['cache', 'backend']),
  resolution: z.number(),
})
export type RangeSegment = z.infer<typeof RangeSegment>

/** `forgotten`: here, or accepted by the backend. `queued`: the backend is unreachable. */
export const ForgetNodeResult = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('forgotten') }),
  z.strictObject({ kind: z.literal('queued'), action: OperatorAction }),
])
export type ForgetNodeResult = z.infer<typeof ForgetNodeResult>

export const ipc = {
  'app.info': { request: nothing, reply: AppInfo },
  'health.get': { request: nothing, reply: HealthReport },
  'stream.reconnect': { request: nothing, reply: nothing },
  'live.snapshot': {
    request: nothing,
    reply: z.strictObject({ directory: LiveDirectory, frame: LiveFrame }),
  },
  /** At most `points` columns per metric. Fewer raw records are returned unchanged, with min = max = last. */
  'samples.range': {
    request: z.strictObject({
      ...range,
      metrics: z.array(z.string()).min(1).max(16),
      points: z.int().min(10).max(5000),
    }),
    reply: z.strictObject({
      from: z.number(),
      to: z.number(),
      series: z.array(SeriesColumns),
      /** Sources by time, oldest first, without a gap. */
      segments: z.array(RangeSegment),
      /** Why the part before the cache is missing: one sentence. */
      missingReason: z.string().optional(),
    }),
  },
  /** Opens the native save dialog. `rows` counts records, one per line. */
  'samples.export': {
    request: z.strictObject(range),
    reply: z.union([
      z.strictObject({ saved: z.literal(true), path: z.string(), rows: z.number() }),
      z.strictObject({ saved: z.literal(false) }),
    ]),
  },
  ...alertCalls,
  ...historyCalls,
  /** A person removes a node from the lists, until it sends again. */
  'nodes.forget': { request: z.strictObject({ nodeId }), reply: ForgetNodeResult },
  ...ruleCalls,
  ...auditCalls,
  ...consoleCalls,
  ...silenceCalls,
  'session.get': { request: nothing, reply: OperatorSession },
  /** The well-known user, if the backend is a demo and reachable. */
  'session.signInInfo': { request: nothing, reply: signInInfoOperation.ok.body },
  'session.signIn': {
    request: z.strictObject({ username: z.string().max(256), password: z.string().max(256) }),
    reply: OperatorSession,
  },
  'session.signOut': { request: nothing, reply: OperatorSession },
  'session.changePassword': { request: changePasswordOperation.body.schema, reply: nothing },
  /** To whom an alert can be assigned. */
  'users.names': { request: nothing, reply: z.array(z.string()) },
  'users.list': { request: nothing, reply: z.array(Account) },
  'users.create': { request: createUserOperation.body.schema, reply: Account },
  'users.update': { request: z.strictObject({ id: z.int(), change: updateUserOperation.body.schema }), reply: Account },
  /** Actions that wait for the backend, and refused ones that are not dismissed. Oldest first. */
  'actions.list': { request: nothing, reply: ActionQueue },
  'actions.dismiss': { request: z.strictObject({ id: z.uuid() }), reply: nothing },
  'rejectedRecords.list': {
    request: z.strictObject({ limit: z.int().min(1).max(500) }),
    reply: z.array(RejectedRecordView),
  },
  'gaps.list': { request: z.strictObject({ limit: z.int().min(1).max(500) }), reply: z.array(Gap) },
  ...sourceCalls,
  ...mappingCalls,
  'settings.get': { request: nothing, reply: SettingsView },
  /** Holds at once. `bad-request` for a wrong value; `conflict` if a flag or variable fixes it. */
  'settings.set': { request: z.strictObject({ key: SettingKey, value: z.json() }), reply: SettingsView },
  /** Default values for settings that begin with `group.` */
  'settings.reset': { request: z.strictObject({ group: z.string() }), reply: SettingsView },
  /** Opens settings.json in the program of the system. */
  'settings.openFile': { request: nothing, reply: nothing },
  'connections.list': { request: nothing, reply: ConnectionsView },
  /** Creates a connection, or replaces the one with its id. If it is in use, ReMo reads it anew. */
  'connections.save': {
    request: z.strictObject({ draft: DraftConnection, use: z.boolean() }),
    reply: z.strictObject({ id: ConnectionId, view: ConnectionsView }),
  },
  /** Removes it with its cache and its secrets. Never the one in use. */
  'connections.remove': { request: z.strictObject({ id: ConnectionId }), reply: ConnectionsView },
  'connections.use': { request: z.strictObject({ id: ConnectionId }), reply: ConnectionsView },
  /** Password for the connection in use, if no keychain has it. `keep`: store it in the keychain, if one works. */
  'connections.unlock': { request: z.strictObject({ password: z.string().min(1).max(4096) }), reply: ConnectionsView },
  /** Replies when the test has ended; its steps are pushed as they happen. One test at a time. */
  'connections.test': { request: TestRequest, reply: TestResult },
  'connections.stopTest': { request: nothing, reply: nothing },
  'connections.checkPem': { request: PemRequest, reply: PemFacts },
  /** Opens the native dialog. */
  'connections.choosePem': {
    request: z.strictObject({ kind: PemRequest.shape.kind }),
    reply: z.union([z.strictObject({ file: z.string() }), nothing]),
  },
  /** A link without secrets. */
  'connections.invite': { request: z.strictObject({ id: ConnectionId }), reply: z.strictObject({ link: z.string() }) },
  'connections.saveInvitation': {
    request: z.strictObject({ id: ConnectionId }),
    reply: z.union([
      z.strictObject({ saved: z.literal(true), path: z.string() }),
      z.strictObject({ saved: z.literal(false) }),
    ]),
  },
  /** `text`: a link, or the content of an invitation file. Nothing is saved. */
  'connections.readInvitation': { request: z.strictObject({ text: z.string().max(262_144) }), reply: DraftConnection },
  'connections.chooseInvitation': {
    request: nothing,
    reply: z.union([z.strictObject({ draft: DraftConnection }), nothing]),
  },
  'demo.start': { request: nothing, reply: nothing },
  'demo.leave': { request: nothing, reply: nothing },
  /** `problem`: why the desktop did not show it. */
  'notifications.test': {
    request: nothing,
    reply: z.strictObject({ shown: z.boolean(), problem: z.string().optional() }),
  },
  ...toastCalls,
  ...soundCalls,
  'doNotDisturb.get': { request: nothing, reply: DoNotDisturbView },
  /** Begins or replaces a pause, moves its end by 15 minutes, or ends it with the quiet hours of now. */
  'doNotDisturb.request': { request: z.strictObject({ request: DoNotDisturbRequest }), reply: DoNotDisturbView },
  /** One request to the backend now. `detail`: why it is not reachable. `ms`: until the answer. */
  'backend.check': {
    request: nothing,
    reply: z.strictObject({ reachable: z.boolean(), detail: z.string().optional(), ms: z.number() }),
  },
  'cache.usage': { request: nothing, reply: CacheUsage },
  /** Gives free space of the file back; reading goes on. Bytes of the file before and after. */
  'cache.compact': { request: nothing, reply: z.strictObject({ before: z.number(), after: z.number() }) },
  /** Deletes samples, alerts and rejected records of the connection in use. Thresholds and queued actions stay. */
  'cache.delete': { request: nothing, reply: nothing },
  'app.about': { request: nothing, reply: About },
  /** Of one library in the list of About. */
  'app.licenseText': { request: z.strictObject({ name: z.string(), version: z.string() }), reply: LicenseText },
  'app.openFolder': { request: z.strictObject({ folder: z.enum(['data', 'logs']) }), reply: nothing },
  /** Opens the native save dialog. */
  'app.saveDiagnostics': {
    request: nothing,
    reply: z.union([
      z.strictObject({ saved: z.literal(true), path: z.string() }),
      z.strictObject({ saved: z.literal(false) }),
    ]),
  },
  'updates.get': { request: nothing, reply: UpdatesView },
  /** Asks the feed now. `unavailable` without a usable one. A failed check is a `problem` of the view. */
  'updates.check': { request: nothing, reply: UpdatesView },
  /** Begins; the end is a push. */
  'updates.download': { request: nothing, reply: UpdatesView },
  'updates.cancel': { request: nothing, reply: UpdatesView },
  /** Installs what is ready, and restarts ReMo. `conflict` while an alert fires. */
  'updates.install': { request: nothing, reply: UpdatesView },
  /** After an installation that did not restart ReMo. `conflict` while an alert fires. */
  'updates.restart': { request: nothing, reply: UpdatesView },
  'updates.setOnQuit': { request: z.strictObject({ onQuit: z.boolean() }), reply: UpdatesView },
  'updates.whatsNew': { request: nothing, reply: WhatsNew },
  /** The operator has seen the notes of this version. */
  'updates.seeWhatsNew': { request: nothing, reply: WhatsNew },
} satisfies Record<IpcCall, { request: z.ZodType; reply: z.ZodType }>

/**
 * Pushes of the main process. It creates these values, so types are enough. `alerts.changed` and `rules.changed` carry
 * new or changed items; a deleted rule comes with `deleted`.
 */
interface PushPayloads extends Record<IpcPush, unknown> {
  'live.frame': LiveFrame
  'health.changed': HealthReport
  'alerts.changed': Alert[]
  /** What the operator did outside the window, in a popup or the tray: the window offers to undo it. */
  'alerts.acted': { acknowledged: readonly Alert[]; silence?: Silence }
  /** All current ones, at most once a second. */
  'pending.changed': PendingAlert[]
  'held.changed': HeldAlert[]
  'unseen.changed': string[]
  'away.changed': AwaySummary | null
  'rules.changed': Rule[]
  /** All of `silences.list`. */
  'silences.changed': Silence[]
  'session.changed': OperatorSession
  /** All current ones. */
  'actions.changed': ActionQueue
  'settings.changed': SettingsView
  'connections.changed': ConnectionsView
  'connections.testStep': TestStep
  'sources.findProgress': FindProgress
  /** Another mapping is in effect, or saving goes elsewhere: `mappings.list` has it. */
  'mappings.changed': null
  'updates.changed': UpdatesView
  'doNotDisturb.changed': DoNotDisturbView
  /** All of `toasts.list`. */
  'toasts.changed': Toast[]
  /**
   * Target of a click outside the window: one alert, or a page. `section`: of Settings. `invitation`: of a remo://connect
   * link, to be shown in the form of a new connection. `test`: of the connection in use, at once.
   */
  navigate: {
    alertId?: string
    page?: 'overview' | 'metrics' | 'alerts' | 'silences' | 'thresholds' | 'users' | 'settings'
    section?: string
    invitation?: DraftConnection
    test?: true
  }
  'theme.changed': AppInfo['theme']
}

/** Error codes of a call, for code; the message is for the operator. */
export type ErrorCode = 'forbidden' | 'bad-request' | 'not-found' | 'conflict' | 'unavailable' | 'signed-out' | 'failed'
export type IpcFailure = { readonly code: ErrorCode; readonly message: string }
export type IpcResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: IpcFailure }

export type IpcRequest<C extends IpcCall> = z.infer<(typeof ipc)[C]['request']>
export type IpcReply<C extends IpcCall> = z.infer<(typeof ipc)[C]['reply']>
export type IpcPushOf<P extends IpcPush> = PushPayloads[P]
export type IpcHandlers = { [C in IpcCall]: (request: IpcRequest<C>) => Promise<IpcReply<C>> }

/** `window.remo`: the calls, and for each push a listener that returns its unsubscribe. */
export type RemoApi = { readonly [C in IpcCall]: (request: IpcRequest<C>) => Promise<IpcResult<IpcReply<C>>> } & {
  readonly on: <P extends IpcPush>(push: P, listener: (payload: IpcPushOf<P>) => void) => () => void
}
