import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { draftProblems } from '#shared/silence/draft-problems.ts'
import { CallError } from '../../threads/call-error.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'

type SilenceCalls = Pick<IpcHandlers, 'silences.list' | 'silences.save' | 'silences.expire'>
type SilenceDeps = Pick<IpcDeps, 'data' | 'user' | 'session' | 'settings' | 'now'>

/** A silence is in effect here at once. With a backend, the data thread also queues it as an operator action. */
export function silenceHandlers({ data, user, session, settings, now }: SilenceDeps): SilenceCalls {
  // Author and time are set here, as for acknowledgements: a user who may acknowledge may silence.
  const author = (): string => (session ? requirePermission(session.session, 'silence').user.username : user)
  return {
    'silences.list': () => data.call('silences.list', {}),
    'silences.save': async ({ id, version, draft }) => {
      const by = author()
      const at = now()
      const [problem] = draftProblems(draft, { now: at, longestDays: settings.settings.values['silences.longestDays'] })
      if (problem) throw new CallError('bad-request', problem.message)
      const edited = { ...(id === undefined ? {} : { id }), ...(version === undefined ? {} : { version }) }
      return data.call('silences.save', { draft, by, at, ...edited })
    },
    'silences.expire': async ({ id }) => data.call('silences.expire', { id, by: author(), at: now() }),
  }
}
