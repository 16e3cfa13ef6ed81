import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { ConnectionTests } from '../connection-test/connection-tests.ts'
import { pemFacts } from '../connection-test/pem-facts.ts'

export type ConnectionTestDeps = Pick<ConnectionTests, 'run' | 'stop'>

/** The test of a connection, and the check of a PEM text. */
export function connectionTestHandlers(
  tests: ConnectionTestDeps,
): Pick<IpcHandlers, 'connections.test' | 'connections.stopTest' | 'connections.checkPem'> {
  return {
    'connections.test': ({ draft }) => tests.run(draft),
    'connections.stopTest': () => {
      tests.stop()
      return Promise.resolve({})
    },
    'connections.checkPem': (request) => Promise.resolve(pemFacts(request, Date.now())),
  }
}
