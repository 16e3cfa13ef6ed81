import { type Acknowledgement, isOwnAlert } from '#shared/alert/alert.ts'
import type { AlertAct } from '#shared/alert/alert-act.ts'
import type { IpcRequest } from '#shared/ipc/contract.ts'
import type { Permission } from '#shared/session/operator-session.ts'
import { draftProblems } from '#shared/silence/draft-problems.ts'
import { matchesOwnOnly } from '#shared/silence/matchers.ts'
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

/**
 * Who acts on what this console says about itself: the signed-in user, whatever their role, or the user of this computer.
 * A role of the backend is about what the team shares, and nothing of this leaves the console.
 */
export function ownAuthor({ session, user }: OperatorDeps): string {
  const signedIn = session?.session
  return signedIn?.kind === 'signed-in' ? signedIn.user.username : user
}

/**
 * Who acts on these alerts. Without the permission: only on alerts about this console, and only if all of them are.
 * @throws as `authorOf`
 */
export async function authorOn(deps: OperatorDeps & Pick<IpcDeps, 'data'>, ids: readonly string[]): Promise<string> {
  try {
    return authorOf(deps, 'acknowledge')
  } catch (refused) {
    const firing = await deps.data.call('alerts.list', { open: true })
    const own = new Set(firing.filter(isOwnAlert).map(({ id }) => id))
    if (ids.length === 0 || ids.some((id) => !own.has(id))) throw refused
    return ownAuthor(deps)
  }
}

/** The author is set here, so that the window cannot act in another user's name. `at`: epoch ms. */
export function acknowledgementBy(
  by: string,
  at: number,
  { comment, until }: Pick<IpcRequest<'alerts.acknowledge'>, 'comment' | 'until'>,
): Acknowledgement {
  return { by, at, comment, ...(until === undefined ? {} : { until }) }
}

/** One write for all of them. What is not possible for an alert is refused for it alone. */
export function actOnAlerts({ data }: Pick<IpcDeps, 'data'>, ids: readonly string[], act: AlertAct): Promise<ActedOn> {
  return data.call('alerts.act', { acts: ids.map((alertId) => ({ alertId, act })) })
}

/**
 * Everyone may silence what this console says about itself. The data thread refuses to make such a silence out of one of
 * the team.
 * @throws as `authorOf`; CallError `bad-request` for a draft that cannot be used
 */
export async function saveSilence(
  deps: OperatorActsDeps,
  { id, version, draft }: IpcRequest<'silences.save'>,
): Promise<Silence> {
  const by = matchesOwnOnly(draft.matchers) ? ownAuthor(deps) : authorOf(deps, 'silence')
  const at = deps.now()
  const [problem] = draftProblems(draft, { now: at, longestDays: deps.longestDays() })
  if (problem) throw new CallError('bad-request', problem.message)
  const edited = { ...(id === undefined ? {} : { id }), ...(version === undefined ? {} : { version }) }
  return deps.data.call('silences.save', { draft, by, at, ...edited })
}

/** Ends a silence. @throws as `authorOf` */
export async function expireSilence(
  deps: OperatorDeps & Pick<IpcDeps, 'data' | 'now'>,
  { id }: IpcRequest<'silences.expire'>,
): Promise<Silence> {
  return deps.data.call('silences.expire', { id, by: await authorOfEnd(deps, id), at: deps.now() })
}

async function authorOfEnd(deps: OperatorDeps & Pick<IpcDeps, 'data'>, id: string): Promise<string> {
  try {
    return authorOf(deps, 'silence')
  } catch (refused) {
    const silence = (await deps.data.call('silences.list', {})).find((one) => one.id === id)
    if (!silence || !matchesOwnOnly(silence.matchers)) throw refused
    return ownAuthor(deps)
  }
}
