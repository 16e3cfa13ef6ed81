import { hostname } from 'node:os'
import type { NotificationPause } from '../../notifications/notification-pause.ts'
import type { ConsoleFacts } from './heartbeat.ts'

/** What heartbeats say of this console. `version`: of ReMo. */
export function consoleFacts(version: string, pause: Pick<NotificationPause, 'inForce'>): () => ConsoleFacts {
  const startedAt = Date.now() - process.uptime() * 1000
  const name = hostname().trim().slice(0, 128) || 'console'
  return () => ({ name, version, startedAt, doNotDisturbUntil: pause.inForce.until })
}
