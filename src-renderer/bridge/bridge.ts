import type { RemoApi } from '#shared/ipc/contract.ts'

/** The typed calls and pushes of the main process, from the preload. The rest of the window gets it passed. */
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
