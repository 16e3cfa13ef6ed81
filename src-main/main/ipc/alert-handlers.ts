import type { AlertAct } from '#shared/alert/alert-act.ts'
import type { AlertNote } from '#shared/alert/alert.ts'
import type { IpcHandlers, IpcRequest } from '#shared/ipc/contract.ts'
import { CallError } from '../../threads/call-error.ts'
import { timelineOfBackend } from '../backend/history/backend-timeline.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { acknowledgementBy, actOnAlerts, authorOn } from './operator-acts.ts'

type AlertCalls = Pick<
  IpcHandlers,
  | 'alerts.list'
  | 'alerts.timeline'
  | 'alerts.acknowledge'
  | 'alerts.unacknowledge'
  | 'alerts.comment'
  | 'alerts.assign'
  | 'alerts.actOnMany'
  | 'alerts.unacknowledgeMany'
  | 'alerts.seen'
  | 'unseen.list'
  | 'away.get'
  | 'away.dismiss'
  | 'pending.list'
  | 'held.list'
>
type AlertDeps = Pick<IpcDeps, 'data' | 'user' | 'session' | 'now'>

/** Calls about alerts. With a backend, the data thread also queues what a person does as operator actions. */
export function alertHandlers({ data, user, session, now }: AlertDeps): AlertCalls {
  const author = (...ids: readonly string[]): Promise<string> => authorOn({ data, session, user }, ids)
  const comment = (by: string, text: string): AlertNote => {
    return { kind: 'commented', by, at: now(), comment: text.trim() }
  }
  const assignment = (by: string, to: string, text: string): AlertNote => {
    if (!session && to !== by) throw new CallError('bad-request', 'Without a backend, an alert can only be taken over.')
    return { kind: 'assigned', by, at: now(), comment: text.trim(), to }
  }
  const actOf = (by: string, act: IpcRequest<'alerts.actOnMany'>['act']): AlertAct => {
    if (act.kind === 'acknowledge') {
      return { kind: 'acknowledge', acknowledgement: acknowledgementBy(by, now(), act) }
    }
    return {
      kind: 'note',
      note: act.kind === 'comment' ? comment(by, act.comment) : assignment(by, act.to, act.comment),
    }
  }
  return {
    'alerts.list': (request) => data.call('alerts.list', request),
    'alerts.timeline': async (request) => {
      const events = await data.call('alerts.timeline', request)
      // An alert that is older than the cache.
      return events.length > 0 || !session ? events : timelineOfBackend(session.call, request.id)
    },
    'pending.list': () => data.call('pending.list', {}),
    'held.list': () => data.call('held.list', {}),
    'unseen.list': () => data.call('unseen.list', {}),
    'alerts.seen': async (seen) => {
      await data.call('alerts.seen', seen)
      return {}
    },
    'away.get': () => data.call('away.get', {}),
    'away.dismiss': async () => {
      await data.call('away.dismiss', {})
      return {}
    },
    'alerts.acknowledge': async ({ id, ...given }) => {
      const by = await author(id)
      return data.call('alerts.acknowledge', { id, acknowledgement: acknowledgementBy(by, now(), given) })
    },
    'alerts.unacknowledge': async ({ id, by, at }) => {
      return data.call('alerts.unacknowledge', { id, given: { by, at }, user: await author(id), at: now() })
    },
    'alerts.comment': async ({ id, comment: text }) => {
      return data.call('alerts.note', { id, note: comment(await author(id), text) })
    },
    'alerts.assign': async ({ id, to, comment: text }) => {
      return data.call('alerts.note', { id, note: assignment(await author(id), to, text) })
    },
    'alerts.actOnMany': async ({ ids, act }) => actOnAlerts({ data }, ids, actOf(await author(...ids), act)),
    'alerts.unacknowledgeMany': async ({ given }) => {
      const [by, at] = [await author(...given.map(({ id }) => id)), now()]
      const acts = given.map(({ id: alertId, ...key }) => {
        return { alertId, act: { kind: 'unacknowledge', given: key, by, at } } as const
      })
      return data.call('alerts.act', { acts })
    },
  }
}
