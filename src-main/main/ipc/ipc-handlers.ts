import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { aboutHandlers } from './about-handlers.ts'
import { actionHandlers } from './action-handlers.ts'
import { alertHandlers } from './alert-handlers.ts'
import { appHandlers } from './app-handlers.ts'
import { auditHandlers } from './audit-handlers.ts'
import { backendHandlers } from './backend-handlers.ts'
import { cacheHandlers } from './cache-handlers.ts'
import { consoleHandlers } from './console-handlers.ts'
import { historyHandlers } from './history-handlers.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { connectionHandlers } from './connection-handlers.ts'
import { sourceHandlers } from './source-handlers.ts'
import { streamCallHandlers } from './stream-handlers.ts'
import { mappingHandlers } from './mapping-handlers.ts'
import { nodeHandlers } from './node-handlers.ts'
import { notificationHandlers } from './notification-handlers.ts'
import { doNotDisturbHandlers } from './do-not-disturb-handlers.ts'
import { ruleFileHandlers } from './rule-file-handlers.ts'
import { ruleHandlers } from './rule-handlers.ts'
import { sampleHandlers } from './sample-handlers.ts'
import { sessionHandlers } from './session-handlers.ts'
import { silenceHandlers } from './silence-handlers.ts'
import { soundHandlers } from './sound-handlers.ts'
import { settingsHandlers } from './settings-handlers.ts'
import { toastHandlers } from './toast-handlers.ts'
import { updatesHandlers } from './updates-handlers.ts'
import { userHandlers } from './user-handlers.ts'

/** Handlers for every call of the contract. */
export function ipcHandlers(deps: IpcDeps): IpcHandlers {
  return {
    ...appHandlers(deps),
    ...sampleHandlers(deps),
    ...alertHandlers(deps),
    ...historyHandlers(deps),
    ...nodeHandlers(deps),
    ...ruleHandlers(deps),
    ...ruleFileHandlers(deps),
    ...silenceHandlers(deps),
    ...streamCallHandlers(deps),
    ...sourceHandlers(deps),
    ...mappingHandlers(deps),
    ...sessionHandlers(deps),
    ...userHandlers(deps),
    ...auditHandlers(deps),
    ...consoleHandlers(deps),
    ...actionHandlers(deps),
    ...settingsHandlers(deps.settings),
    ...connectionHandlers(deps.connections),
    ...backendHandlers(deps),
    ...notificationHandlers(deps),
    ...toastHandlers(deps),
    ...soundHandlers(deps),
    ...doNotDisturbHandlers(deps),
    ...cacheHandlers(deps),
    ...aboutHandlers(deps),
    ...updatesHandlers(deps.updates),
  }
}
