import type { RemoApi } from '#shared/ipc/contract.ts'

/** What the preload exposes: the typed calls and pushes of the main process. The rest of the window is handed this. */
export type Bridge = RemoApi

declare global {
  interface Window {
    readonly remo?: Bridge
  }
}

export function windowBridge(): Bridge {
  if (!window.remo) throw new Error('window.remo is missing: this page was opened outside of ReMo.')
  return window.remo
}
