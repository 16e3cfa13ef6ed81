import { getContext, setContext } from 'svelte'
import type { LiveData } from './live-data.svelte.ts'

const token = Symbol('live data')

export function provideLive(live: LiveData): void {
  setContext(token, live)
}

export function useLive(): LiveData {
  const live = getContext<LiveData | undefined>(token)
  if (!live) throw new Error('useLive outside of <App>')
  return live
}
