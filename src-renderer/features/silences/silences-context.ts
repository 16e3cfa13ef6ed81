import { getContext, setContext } from 'svelte'
import type { RecentSilences } from './recent-silences.svelte.ts'
import type { SilenceEditor } from './silence-editor.svelte.ts'

const token = Symbol('silences')

interface Silencing {
  /** The dialog, which every page can open. */
  readonly editor: SilenceEditor
  readonly recent: RecentSilences
}

export function provideSilencing(silencing: Silencing): void {
  setContext(token, silencing)
}

export function useSilencing(): Silencing {
  const silencing = getContext<Silencing | undefined>(token)
  if (!silencing) throw new Error('useSilencing outside of <App>')
  return silencing
}
