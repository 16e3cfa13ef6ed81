import type { Handlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './deps.ts'

type RuleCalls = Pick<Handlers, 'rules.list' | 'rules.save' | 'rules.remove'>

export function ruleHandlers({ data }: Pick<IpcDeps, 'data'>): RuleCalls {
  return {
    'rules.list': () => data.call('rules.list', {}),
    'rules.save': ({ id, version, draft }) =>
      data.call('rules.save', {
        draft,
        ...(id === undefined ? {} : { id }),
        ...(version === undefined ? {} : { version }),
      }),
    'rules.remove': async (request) => {
      await data.call('rules.remove', request)
      return {}
    },
  }
}
