import { getContext, setContext } from 'svelte'
import type { Commands } from './commands.svelte.ts'

const token = Symbol('commands')

export function provideCommands(commands: Commands): void {
  setContext(token, commands)
}

export function useCommands(): Commands {
  const commands = getContext<Commands | undefined>(token)
  if (!commands) throw new Error('useCommands outside of <App>')
  return commands
}
