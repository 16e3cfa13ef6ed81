import { getContext, setContext } from 'svelte'
import type { AppState } from './app-state.svelte.ts'

const token = Symbol('live data')

export function provideAppState(app: AppState): void {
  setContext(token, app)
}

export function useAppState(): AppState {
  const app = getContext<AppState | undefined>(token)
  if (!app) throw new Error('useAppState outside of <App>')
  return app
}
