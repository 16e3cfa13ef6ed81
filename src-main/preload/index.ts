import { contextBridge, ipcRenderer } from 'electron'
import type { IpcRendererEvent } from 'electron'
import { ipcCalls, ipcPushes } from '../../src-shared/ipc/channels.ts'
import type { IpcPush } from '../../src-shared/ipc/channels.ts'

/** One function a call: the name is fixed here, so the page cannot reach a channel that is not in the list. */
const api = Object.fromEntries(ipcCalls.map((call) => [call, (request: unknown) => ipcRenderer.invoke(call, request)]))

/** Hears a push; the event object, which would lead to `ipcRenderer`, stays behind. Returns the unsubscribe. */
function on(push: IpcPush, listener: (payload: unknown) => void): () => void {
  if (!ipcPushes.includes(push)) throw new Error(`There is no push named ${String(push)}.`)
  const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload)
  ipcRenderer.on(push, forward)
  return () => {
    ipcRenderer.off(push, forward)
  }
}

contextBridge.exposeInMainWorld('remo', { ...api, on })
