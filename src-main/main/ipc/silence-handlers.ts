import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { expireSilence, saveSilence } from './operator-acts.ts'

type SilenceCalls = Pick<IpcHandlers, 'silences.list' | 'silences.save' | 'silences.expire'>
type SilenceDeps = Pick<IpcDeps, 'data' | 'user' | 'session' | 'settings' | 'now'>

/** A silence is in effect here at once. With a backend, the data thread also queues it as an operator action. */
export function silenceHandlers({ data, user, session, settings, now }: SilenceDeps): SilenceCalls {
  const acts = { data, user, session, now, longestDays: () => settings.settings.values['silences.longestDays'] }
  return {
    'silences.list': () => data.call('silences.list', {}),
    'silences.save': async (request) => saveSilence(acts, request),
    'silences.expire': async (request) => expireSilence(acts, request),
  }
}
