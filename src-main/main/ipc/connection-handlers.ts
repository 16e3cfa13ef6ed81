import type { PemFacts, PemRequest } from '#shared/ipc/connection-views.ts'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { ConnectionTests } from '../connection-test/connection-tests.ts'
import type { Connections } from '../connections/connections.ts'
import type { Invitations } from '../connections/invitations.ts'

export interface ConnectionCallDeps {
  readonly list: Pick<Connections, 'view' | 'save' | 'remove' | 'use' | 'unlock' | 'startDemo' | 'leaveDemo'>
  readonly tests: Pick<ConnectionTests, 'run' | 'stop'>
  readonly invitations: Pick<Invitations, 'link' | 'save' | 'read' | 'choose'>
  readonly pemFacts: (request: PemRequest) => PemFacts
  /** The native dialog; `undefined` if the operator canceled. */
  readonly choosePem: (kind: PemRequest['kind']) => Promise<string | undefined>
}

type ConnectionCalls = Pick<IpcHandlers, Extract<keyof IpcHandlers, `connections.${string}` | `demo.${string}`>>

/** Calls about connections, and which one is in use. The page is loaded anew after another one is in use. */
export function connectionHandlers(deps: ConnectionCallDeps): ConnectionCalls {
  const { list, tests, invitations } = deps
  return {
    'connections.list': () => list.view(),
    'connections.save': ({ draft, use }) => list.save(draft, use),
    'connections.remove': ({ id }) => list.remove(id),
    'connections.use': ({ id }) => list.use(id),
    'connections.unlock': ({ password }) => list.unlock(password),
    'connections.test': ({ draft }) => tests.run(draft),
    'connections.stopTest': () => {
      tests.stop()
      return Promise.resolve({})
    },
    'connections.checkPem': (request) => Promise.resolve(deps.pemFacts(request)),
    'connections.choosePem': async ({ kind }) => {
      const file = await deps.choosePem(kind)
      return file === undefined ? {} : { file }
    },
    'connections.invite': ({ id }) => Promise.resolve({ link: invitations.link(id) }),
    'connections.saveInvitation': ({ id }) => invitations.save(id),
    'connections.readInvitation': ({ text }) => Promise.resolve(invitations.read(text)),
    'connections.chooseInvitation': async () => {
      const draft = await invitations.choose()
      return draft === undefined ? {} : { draft }
    },
    'demo.start': () => {
      list.startDemo()
      return Promise.resolve({})
    },
    'demo.leave': () => {
      list.leaveDemo()
      return Promise.resolve({})
    },
  }
}
