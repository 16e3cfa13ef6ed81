import { randomUUID } from 'node:crypto'
import { hourMs } from '#shared/format/time-units.ts'
import type { IpcHandlers, IpcRequest } from '#shared/ipc/contract.ts'
import type { RuleChangeResult } from '#shared/ipc/rule-calls.ts'
import type { OperatorAction, OperatorChange } from '#shared/team/operator-action.ts'
import { sendAction } from '../backend/actions/send-action.ts'
import { callErrorOf, isUnreachable } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { DataCalls } from '../../threads/data-calls.ts'
import type { IpcDeps } from './ipc-deps.ts'

type RuleCalls = Pick<IpcHandlers, 'rules.list' | 'rules.save' | 'rules.remove' | 'rules.preview' | 'rules.previewStep'>
type RuleDeps = Pick<IpcDeps, 'data' | 'read' | 'session' | 'now'>

/** How long one step of a preview works: a chart waits no longer. */
const previewStepMs = 100

/** Without a backend, rules are local. With a backend, changes go there and come back through Kafka. */
export function ruleHandlers({ data, read, session, now }: RuleDeps): RuleCalls {
  return {
    'rules.list': () => data.call('rules.list', {}),
    'rules.preview': async ({ id, draft, hours }) => {
      const rules = await data.call('rules.list', {})
      const range = { from: now() - hours * hourMs, to: now() }
      const begun = await read.call('preview.begin', { rules, draft, ...(id === undefined ? {} : { id }), ...range })
      return { ...begun, ...range }
    },
    'rules.previewStep': ({ id }) => read.call('preview.step', { id, budgetMs: previewStepMs }),
    'rules.save': async (request) => {
      if (session) {
        const { id, version, draft } = request
        return changeTeamRule({ data, now }, session, {
          kind: 'save-rule',
          draft,
          ...(id === undefined ? {} : { ruleId: id }),
          ...(version === undefined ? {} : { version }),
        })
      }
      return { kind: 'saved', rule: await data.call('rules.save', saveRequest(request)) }
    },
    'rules.remove': async (request) => {
      if (session)
        return changeTeamRule({ data, now }, session, {
          kind: 'remove-rule',
          ruleId: request.id,
          version: request.version,
        })
      await data.call('rules.remove', request)
      return { kind: 'saved' }
    },
  }
}

/** The thread call does not accept `undefined` values. */
function saveRequest({ id, version, draft }: IpcRequest<'rules.save'>): Parameters<DataCalls['rules.save']>[0] {
  return { draft, ...(id === undefined ? {} : { id }), ...(version === undefined ? {} : { version }) }
}

/** The backend decides. While it is unreachable, the change is queued and takes effect when the backend accepts it. */
async function changeTeamRule(
  { data, now }: Pick<IpcDeps, 'data' | 'now'>,
  session: BackendSession,
  change: OperatorChange,
): Promise<RuleChangeResult> {
  const user = requirePermission(session.session, 'edit-rules')
  const action: OperatorAction = { id: randomUUID(), at: now(), user: user.user.username, change, state: 'waiting' }
  if (user.link.reachable) {
    const sent = await sendAction(session.call, action)
    if (sent.ok) return { kind: 'saved', ...(sent.rule === undefined ? {} : { rule: sent.rule }) }
    if (!isUnreachable(sent.failure)) throw callErrorOf(sent.failure)
  }
  // The same id is the idempotency key: if only the response was lost, the backend does not apply it twice.
  await data.call('actions.add', { action })
  return { kind: 'queued', action }
}
