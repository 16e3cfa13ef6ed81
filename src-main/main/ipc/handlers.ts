import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { actionHandlers } from './actions.ts'
import { alertHandlers } from './alerts.ts'
import { appHandlers } from './app.ts'
import type { IpcDeps } from './deps.ts'
import { streamCallHandlers } from './records.ts'
import { ruleHandlers } from './rules.ts'
import { sampleHandlers } from './samples.ts'
import { sessionHandlers } from './session.ts'
import { userHandlers } from './users.ts'

/** Every call of the contract, each from the file of its domain. */
export function ipcHandlers(deps: IpcDeps): IpcHandlers {
  return {
    ...appHandlers(deps),
    ...sampleHandlers(deps),
    ...alertHandlers(deps),
    ...ruleHandlers(deps),
    ...streamCallHandlers(deps),
    ...sessionHandlers(deps),
    ...userHandlers(deps),
    ...actionHandlers(deps),
  }
}
