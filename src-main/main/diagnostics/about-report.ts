import type { About } from '#shared/ipc/app-views.ts'
import type { HealthReport } from '#shared/ipc/contract.ts'
import type { Connection, ConnectionOrigin } from '#shared/settings/connection.ts'

export type AboutFacts = Omit<About, 'report' | 'licenses'>

export interface ReportFacts {
  readonly about: AboutFacts
  readonly health: HealthReport
  readonly connection: Pick<Connection, 'protocol' | 'mechanism' | 'verify'> & {
    readonly origin: ConnectionOrigin
    readonly hasBackend: boolean
  }
  /** Home folder of the user, whose name is not shown. */
  readonly home: string
  /** ISO 8601. */
  readonly at: string
}

/** Text for a report of a problem. No secrets, no names of hosts, nodes or people. */
export function aboutReport({ about, health, connection, home, at }: ReportFacts): string {
  const { origin, protocol, mechanism, verify, hasBackend } = connection
  const security = [protocol, ...(protocol.startsWith('SASL') ? [mechanism] : []), ...(verify ? [] : ['not verified'])]
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  const lines: ReadonlyArray<readonly [string, string]> = [
    ['ReMo', `${about.version} (${about.revision})`],
    ['Electron', `${about.electron}, Chromium ${about.chromium}, Node ${about.node}`],
    ['System', about.system],
    ['Data folder', shortened(about.dataDir, home)],
    ['Logs', shortened(about.logDir, home)],
    ['Metrics', about.metricsUrl],
    ['Connection', `${origin}, ${security.join(', ')}${hasBackend ? ', with a backend' : ''}`],
    ['Health', healthText(health.health)],
    [
      'Stream',
      `${health.topics} topics, ${health.partitions} partitions, ${health.messagesPerSecond.toFixed(1)} messages/s`,
    ],
    ['Behind', `${health.lagMessages} messages, ${health.gaps} gaps, ${health.rejected} rejected records`],
    [
      'Cache',
      `${health.cacheValues} values, ${megabytes(health.cacheBytes)}, ${megabytes(health.cacheDiskBytes)} on disk`,
    ],
    ['Notices', health.notices.map(({ id }) => id).join(', ') || 'none'],
    ['At', at],
  ]
  return lines.map(([name, text]) => `${name}: ${text}`).join('\n')
}

/** Without the sentence, which names hosts. */
function healthText(health: HealthReport['health']): string {
  return health.kind === 'blind' ? `blind, ${health.cause}` : health.kind
}

function shortened(path: string, home: string): string {
  return home !== '' && path.startsWith(home) ? `~${path.slice(home.length)}` : path
}
