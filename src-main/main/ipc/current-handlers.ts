import { ipcCalls } from '#shared/ipc/channels.ts'
import type { IpcCall } from '#shared/ipc/channels.ts'
import type { IpcHandlers } from '#shared/ipc/contract.ts'

/** Calls that need no open connection. */
const ofApp = /^(?:app|settings|connections|demo|notifications|toasts|sound|doNotDisturb|updates)\.|^health\.get$/

/**
 * Handlers that use those of the connection in use, which changes.
 * @param of the handlers of the open connection; `undefined` while none is open
 * @param without handlers for then; of these, only calls about the app are made
 * @param refuse throws the error of any other call
 */
export function currentHandlers(
  of: () => IpcHandlers | undefined,
  { without, refuse }: { readonly without: IpcHandlers; readonly refuse: (call: IpcCall) => never },
): IpcHandlers {
  const handlerOf = (call: IpcCall): ((request: never) => Promise<unknown>) => {
    const current = of()
    if (current) return current[call]
    return ofApp.test(call) ? without[call] : refuse(call)
  }
  const handlers = ipcCalls.map((call) => [call, async (request: never) => handlerOf(call)(request)] as const)
  return Object.fromEntries(handlers) as unknown as IpcHandlers
}
