import { contextBridge, ipcRenderer } from 'electron'
import type { IpcRendererEvent } from 'electron'
import { ipcCalls, ipcPushes } from '../../src-shared/ipc/channels.ts'
import type { IpcPush } from '../../src-shared/ipc/channels.ts'

/** One function per call: the page can only reach the channels in this list. */
const api = Object.fromEntries(ipcCalls.map((call) => [call, (request: unknown) => ipcRenderer.invoke(call, request)]))

/**
 * Subscribes to a push. The page does not get the event object, which would give access to `ipcRenderer`.
 * @returns the function that unsubscribes
 */
function on(push: IpcPush, listener: (payload: unknown) => void): () => void {
  if (!ipcPushes.includes(push)) throw new Error(`There is no push named ${String(push)}.`)
  const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload)
  ipcRenderer.on(push, forward)
  return () => {
    ipcRenderer.off(push, forward)
  }
}

contextBridge.exposeInMainWorld('remo', { ...api, on })
