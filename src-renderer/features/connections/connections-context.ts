import { getContext, setContext } from 'svelte'
import type { ConnectionDrafts } from './connection-drafts.svelte.ts'

const token = Symbol('connection drafts')

/** One set of drafts for the window: the guide, the settings and an opened invitation share it. */
export function provideConnectionDrafts(drafts: ConnectionDrafts): void {
  setContext(token, drafts)
}

export function useConnectionDrafts(): ConnectionDrafts {
  const drafts = getContext<ConnectionDrafts | undefined>(token)
  if (!drafts) throw new Error('useConnectionDrafts outside of <App>')
  return drafts
}
