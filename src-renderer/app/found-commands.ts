import type { Command } from '../commands/commands.svelte.ts'

/**
 * The commands that apply now and have every typed word in title or group. First those whose title begins with the text.
 * A command that a page added later replaces the one with the same id.
 */
export function foundCommands(all: readonly Command[], typed: string): readonly Command[] {
  const text = typed.trim().toLowerCase()
  const words = text.split(/\s+/)
  const newest = new Map(all.map((command) => [command.id, command]))
  const found = [...newest.values()].filter(({ title, group, when }) => {
    const searched = `${title} ${group}`.toLowerCase()
    return (when?.() ?? true) && words.every((word) => searched.includes(word))
  })
  const rank = ({ title }: Command): number => (title.toLowerCase().startsWith(text) ? 0 : 1)
  return found.toSorted((a, b) => rank(a) - rank(b))
}
