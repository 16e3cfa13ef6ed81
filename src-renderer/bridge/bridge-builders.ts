import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { AppInfo, HealthReport } from '#shared/ipc/contract.ts'
import type { LiveDirectory, LiveFrame, LiveGrowth } from '#shared/ipc/live-frame.ts'
import type { Account } from '#shared/rest/users.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { Role } from '#shared/session/role.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { effectiveSettings, type FixedSettings } from '#shared/settings/effective-settings.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'

export const aReport = (change: Partial<HealthReport> = {}): HealthReport => ({
  health: { kind: 'live', behindMs: 400 },
  at: Date.now(),
  frame: 0,
  messagesPerSecond: 0.8,
  valuesLastMinute: 192,
  lagMessages: 0,
  lastSampleAt: 1_000_000,
  topics: 4,
  partitions: 4,
  silentNodes: 0,
  rejected: 0,
  gaps: 0,
  cacheBytes: 0,
  cacheDiskBytes: 0,
  cacheValues: 0,
  notices: [],
  ...change,
})

export const anAppInfo = (change: Partial<AppInfo> = {}): AppInfo => ({
  version: '0.2.0',
  electron: 'none',
  chromium: 'preview',
  dataDir: '/home/anna/.config/ReMo',
  metricsUrl: 'http://127.0.0.1:9464/metrics',
  kafka: 'localhost:9092',
  topicPattern: '^metrics-',
  user: 'anna',
  theme: 'dark',
  connection: {
    id: 'environment',
    name: 'Environment',
    label: '',
    color: 'gray',
    origin: 'environment',
    needsPassword: false,
  },
  platform: 'linux',
  ...change,
})

/** A frame of rows `[node, at, ...values]`; 5 s between samples. Each node of `aDirectory` is one block. */
export function aFrame(seq: number, rows: ReadonlyArray<readonly [number, number, ...number[]]>): LiveFrame {
  return {
    seq,
    blocks: Uint32Array.from(rows, ([node]) => node),
    at: Float64Array.from(rows, ([, at]) => at),
    intervals: Float64Array.from(rows, () => 5000),
    values: Float64Array.from(rows.flatMap(([, , ...values]) => values)),
  }
}

export const aDirectory = (nodes: number, metrics = ['cpu_usage', 'memory_usage']): LiveDirectory => ({
  nodes: Array.from({ length: nodes }, (_, i) => ({ id: `node-${i + 1}`, name: `Server-${i + 1}` })),
  metrics,
  units: metrics.map(() => ''),
  ...oneBlockEach(nodes, metrics.length),
})

/** What a frame needs so that its directory is this one, after one of `aDirectory` that was smaller. */
export function aGrowth(directory: LiveDirectory): LiveGrowth {
  const { nodes, metrics, units, lists, blockNode, blockList } = directory
  const blocks = Uint32Array.from(
    [...blockNode].flatMap((node, block) => [block, node, 1 + (blockList[block] as number)]),
  )
  return { nodes, metricsFrom: 0, metrics, unitsOfMetrics: units, listsFrom: 1, lists, blocks }
}

/** Each node has all metrics. */
export function oneBlockEach(nodes: number, metrics: number): Pick<LiveDirectory, 'lists' | 'blockNode' | 'blockList'> {
  return {
    lists: [Uint32Array.from({ length: metrics }, (_, i) => i)],
    blockNode: Uint32Array.from({ length: nodes }, (_, i) => i),
    blockList: new Uint32Array(nodes),
  }
}

/** Settings of a file, with these fixed by flags or variables. */
export const aSettingsView = (
  file: Partial<SettingValues> = {},
  change: Partial<SettingsView> & { readonly fixed?: FixedSettings } = {},
): SettingsView => {
  const { fixed = {}, ...rest } = change
  return {
    ...effectiveSettings(fixed, file),
    file: '/home/anna/.config/ReMo/settings.json',
    problems: [],
    system: {
      hasTray: true,
      reducesMotion: false,
      hour12: false,
      timeZone: 'Europe/Zurich',
      notifies: true,
      desktop: { server: 'GNOME Shell 46.2', hasButtons: true, knowsLock: true },
    },
    ...rest,
  }
}

const backend = { backendUrl: 'http://localhost:8000', link: { reachable: true, since: 1_000_000 } }

export const aSignedIn = (role: Role, change: Partial<Extract<OperatorSession, { kind: 'signed-in' }>> = {}) => ({
  kind: 'signed-in' as const,
  ...backend,
  user: { username: 'anna', role },
  ...change,
})

export const aSignedOut = (reason: Extract<OperatorSession, { kind: 'signed-out' }>['reason'] = 'never') => ({
  kind: 'signed-out' as const,
  ...backend,
  reason,
})

/** A queued acknowledgement of `anAlert()`. */
export const anAction = (change: Partial<OperatorAction> = {}): OperatorAction => ({
  id: anId(900),
  at: 1_200_000,
  user: 'anna',
  change: {
    kind: 'acknowledge',
    alertId: anId(1),
    acknowledgement: { by: 'anna', at: 1_200_000, comment: 'batch job' },
  },
  state: 'waiting',
  ...change,
})

export const anAccount = (change: Partial<Account> = {}): Account => ({
  id: 1,
  username: 'anna',
  email: 'anna@example.net',
  created_at: '2026-10-01T08:00:00.000Z',
  role: 'admin',
  disabled: false,
  last_sign_in: '2026-11-24T07:58:12.000Z',
  ...change,
})
