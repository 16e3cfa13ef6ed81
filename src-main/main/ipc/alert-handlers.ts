import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { timelineOfBackend } from '../backend/history/backend-timeline.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'

type AlertCalls = Pick<
  IpcHandlers,
  'alerts.list' | 'alerts.timeline' | 'alerts.acknowledge' | 'alerts.unacknowledge' | 'pending.list' | 'held.list'
>
type AlertDeps = Pick<IpcDeps, 'data' | 'user' | 'session' | 'now'>

export function alertHandlers({ data, user, session, now }: AlertDeps): AlertCalls {
  // Author and time are set here, so the window cannot acknowledge in another user's name.
  const acknowledger = (): string => (session ? requirePermission(session.session, 'acknowledge').user.username : user)
  return {
    'alerts.list': (request) => data.call('alerts.list', request),
    'alerts.timeline': async (request) => {
      const events = await data.call('alerts.timeline', request)
      // An alert that is older than the cache.
      return events.length > 0 || !session ? events : timelineOfBackend(session.call, request.id)
    },
    'pending.list': () => data.call('pending.list', {}),
    'held.list': () => data.call('held.list', {}),
    // With a backend, the data thread also queues it as an operator action.
    'alerts.acknowledge': async ({ id, comment, until }) =>
      data.call('alerts.acknowledge', {
        id,
        acknowledgement: { by: acknowledger(), at: now(), comment, ...(until === undefined ? {} : { until }) },
      }),
    'alerts.unacknowledge': async ({ id, by, at }) =>
      data.call('alerts.unacknowledge', { id, given: { by, at }, user: acknowledger(), at: now() }),
  }
}
