import type { HealthReport } from '#shared/ipc/contract.ts'
import type { ConnectionOrigin } from '#shared/settings/connection.ts'

/** Nothing is configured, no Kafka answers on this computer, and no node was ever read: no reason for an alarm. */
export function isNotSetUp(origin: ConnectionOrigin, { health, lastSampleAt }: HealthReport): boolean {
  if (origin !== 'unset' || lastSampleAt !== null || health.kind !== 'blind') return false
  return health.cause === 'connecting' || health.cause === 'disconnected'
}
