import { randomUUID } from 'node:crypto'
import type { ForgetNodeResult, IpcHandlers } from '#shared/ipc/contract.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { sendAction } from '../backend/actions/send-action.ts'
import { callErrorOf, isUnreachable } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { IpcDeps } from './ipc-deps.ts'

type NodeCalls = Pick<IpcHandlers, 'nodes.forget'>
type NodeDeps = Pick<IpcDeps, 'data' | 'user' | 'session' | 'now'>

export function nodeHandlers({ data, user, session, now }: NodeDeps): NodeCalls {
  return {
    'nodes.forget': async ({ nodeId }) => {
      if (session) return forgetTeamNode({ data, now }, session, nodeId)
      await data.call('nodes.forget', { nodeId, by: user, at: now() })
      return { kind: 'forgotten' }
    },
  }
}

/** The backend publishes it to every console, this one included. While it is unreachable, the action is queued. */
async function forgetTeamNode(
  { data, now }: Pick<IpcDeps, 'data' | 'now'>,
  session: BackendSession,
  nodeId: string,
): Promise<ForgetNodeResult> {
  const { user, link } = requirePermission(session.session, 'forget-nodes')
  const change = { kind: 'forget-node', nodeId } as const
  const action: OperatorAction = { id: randomUUID(), at: now(), user: user.username, change, state: 'waiting' }
  if (link.reachable) {
    const sent = await sendAction(session.call, action)
    if (sent.ok) return { kind: 'forgotten' }
    if (!isUnreachable(sent.failure)) throw callErrorOf(sent.failure)
  }
  // The same id is the idempotency key: if only the response was lost, the backend does not apply it twice.
  await data.call('actions.add', { action })
  return { kind: 'queued', action }
}
