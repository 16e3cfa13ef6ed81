import type { Acknowledgement } from '#shared/alert/alert.ts'
import type { AlertAct } from '#shared/alert/alert-act.ts'
import type { IpcRequest } from '#shared/ipc/contract.ts'
import type { Permission } from '#shared/session/operator-session.ts'
import { draftProblems } from '#shared/silence/draft-problems.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { CallError } from '../../threads/call-error.ts'
import type { ActedOn } from '../../threads/data-calls.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** Who acts: the signed-in user, or without a backend the user of this computer. */
export type OperatorDeps = Pick<IpcDeps, 'user' | 'session'>

/** What an operator does to alerts and silences, from the window, a popup or the tray. */
export type OperatorActsDeps = Pick<IpcDeps, 'data' | 'now'> &
  OperatorDeps & {
    /** Days that a silence lasts at most. */
    readonly longestDays: () => number
  }

/** @throws CallError `signed-out` or `forbidden`, with a backend */
export function authorOf({ session, user }: OperatorDeps, permission: Permission): string {
  return session ? requirePermission(session.session, permission).user.username : user
}

/** Author and time are set here, so that the window cannot act in another user's name. @throws as `authorOf` */
export function acknowledgementBy(
  deps: OperatorDeps & Pick<IpcDeps, 'now'>,
  { comment, until }: Pick<IpcRequest<'alerts.acknowledge'>, 'comment' | 'until'>,
): Acknowledgement {
  const by = authorOf(deps, 'acknowledge')
  return { by, at: deps.now(), comment, ...(until === undefined ? {} : { until }) }
}

/** One write for all of them. What is not possible for an alert is refused for it alone. */
export function actOnAlerts({ data }: Pick<IpcDeps, 'data'>, ids: readonly string[], act: AlertAct): Promise<ActedOn> {
  return data.call('alerts.act', { acts: ids.map((alertId) => ({ alertId, act })) })
}

/** @throws as `authorOf`; CallError `bad-request` for a draft that cannot be used */
export async function saveSilence(
  deps: OperatorActsDeps,
  { id, version, draft }: IpcRequest<'silences.save'>,
): Promise<Silence> {
  const by = authorOf(deps, 'silence')
  const at = deps.now()
  const [problem] = draftProblems(draft, { now: at, longestDays: deps.longestDays() })
  if (problem) throw new CallError('bad-request', problem.message)
  const edited = { ...(id === undefined ? {} : { id }), ...(version === undefined ? {} : { version }) }
  return deps.data.call('silences.save', { draft, by, at, ...edited })
}
