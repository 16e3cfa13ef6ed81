import type { Handlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './deps.ts'

type AlertCalls = Pick<Handlers, 'alerts.list' | 'alerts.timeline' | 'alerts.acknowledge'>

export function alertHandlers({ data, user, now }: Pick<IpcDeps, 'data' | 'user' | 'now'>): AlertCalls {
  return {
    'alerts.list': (request) => data.call('alerts.list', request),
    'alerts.timeline': (request) => data.call('alerts.timeline', request),
    // Who and when are said here: the window cannot acknowledge in the name of somebody else.
    'alerts.acknowledge': ({ id, comment, until }) =>
      data.call('alerts.acknowledge', {
        id,
        acknowledgement: { by: user, at: now(), comment, ...(until === undefined ? {} : { until }) },
      }),
  }
}
