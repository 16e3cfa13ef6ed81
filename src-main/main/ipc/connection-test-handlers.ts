import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { ConnectionTests } from '../connection-test/connection-tests.ts'
import { pemFacts } from '../connection-test/pem-facts.ts'

/** The test of a connection, and the check of a PEM text. */
export function connectionTestHandlers(
  tests: Pick<ConnectionTests, 'run' | 'stop'>,
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
