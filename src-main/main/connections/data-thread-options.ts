import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { OwnAlertSettings } from '#shared/own/own-settings.ts'
import type { Retention } from '#shared/retention/retention.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import type { DataThreadOptions } from '../../threads/data-calls.ts'
import { idleReason } from './read-access.ts'

export interface DataThreadFacts {
  readonly inUse: ConnectionInUse
  readonly access: ConnectionAccess
  /** Folder of the connection's cache. */
  readonly dataDir: string
  readonly user: string
  readonly retention: Retention
  readonly mappings: readonly FieldMapping[]
  readonly own: OwnAlertSettings
  /** Epoch ms: when a demo begins. */
  readonly startedAt: number
}

/** Every demo has the same servers. */
const demoSeed = 1

/** What the data thread of a connection gets. Without its secrets it reads nothing, and shows what the cache has. */
export function dataThreadOptions(facts: DataThreadFacts): DataThreadOptions {
  const { inUse, access, dataDir, user, retention, mappings, own, startedAt } = facts
  const { connection, origin } = inUse
  return {
    dataDir,
    connectionName: connection.name,
    startAt: connection.startAt,
    user,
    retention,
    mappings,
    own,
    // A new console has default thresholds: without rules it would never alert.
    stockRules: origin === 'demo' ? 'without-hold' : true,
    hasBackend: connection.backendUrl !== undefined,
    ...(connection.team === undefined ? {} : { team: connection.team }),
    ...(origin === 'demo' ? { demo: { seed: demoSeed, startedAt } } : kafkaOf(inUse, access)),
  }
}

function kafkaOf(
  { connection }: ConnectionInUse,
  access: ConnectionAccess,
): Pick<DataThreadOptions, 'kafka' | 'idleReason'> {
  const reason = idleReason(access, connection)
  if (access.kind !== 'ready') return reason === undefined ? {} : { idleReason: reason }
  const { brokers, topics, rack } = connection
  return {
    kafka: {
      brokers,
      topicPattern: topics,
      clientId: 'remo-console',
      ...(rack === undefined ? {} : { rack }),
      ...(access.security === undefined ? {} : { security: access.security }),
    },
  }
}

/** How long the cache keeps data, by the settings. A gigabyte has 10⁹ bytes. */
export function retentionOf(values: Pick<SettingValues, 'data.keepDays' | 'data.keepGigabytes'>): Retention {
  return { days: values['data.keepDays'], bytes: Math.round(values['data.keepGigabytes'] * 1e9) }
}
