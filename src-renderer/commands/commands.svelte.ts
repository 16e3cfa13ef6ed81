import { tinykeys } from 'tinykeys'

/** One thing the operator can do. Keys, the help sheet and the keys printed on buttons come from this record alone. */
export interface Command {
  readonly id: string
  readonly title: string
  readonly group: 'Go to' | 'Lists' | 'Alerts' | 'Metrics' | 'Thresholds' | 'Users' | 'Help'
  /** In tinykeys' words: `a`, `g o`, `[Shift]+?`. The first one is printed. */
  readonly keys: readonly string[]
  readonly when?: () => boolean
  readonly run: () => void
}

/** The commands on offer now. Views add theirs while they are shown. */
export class Commands {
  all = $state.raw<readonly Command[]>([])
  #unbind: () => void = () => undefined
  readonly #target: Window | HTMLElement

  constructor(target: Window | HTMLElement) {
    this.#target = target
  }

  /** @returns takes them away again */
  add(commands: readonly Command[]): () => void {
    this.all = [...this.all, ...commands]
    this.#bind()
    return () => {
      this.all = this.all.filter((command) => !commands.includes(command))
      this.#bind()
    }
  }

  /** The key to print on a button that runs this command. */
  keyOf(id: string): string | undefined {
    const keys = this.all.find((command) => command.id === id)?.keys[0]
    return keys === undefined ? undefined : keyLabel(keys)
  }

  #bind(): void {
    this.#unbind()
    const byKeys = new Map<string, Command[]>()
    for (const command of this.all) {
      for (const keys of command.keys) byKeys.set(keys, [...(byKeys.get(keys) ?? []), command])
    }
    // Sequences first: the `a` that ends `g a` goes to the alerts and must not acknowledge one as well.
    const longestFirst = [...byKeys].toSorted(([a], [b]) => b.split(' ').length - a.split(' ').length)
    const bindings = longestFirst.map(([keys, commands]) => {
      const run = (event: KeyboardEvent): void => {
        if (event.defaultPrevented) return
        const command = commands.findLast(({ when }) => when?.() ?? true)
        if (!command) return
        event.preventDefault()
        command.run()
      }
      return [keys, run] as const
    })
    this.#unbind = tinykeys(this.#target, Object.fromEntries(bindings), { ignore: isTyping })
  }
}

/** How keys are printed: `g o`, `?`, `Space`. */
export function keyLabel(keys: string): string {
  return keys.replace('[Shift]+', '').replace('ArrowDown', '↓').replace('ArrowUp', '↑')
}

const typing = 'input, textarea, select, [contenteditable], [role="dialog"], [role="alertdialog"], [role="combobox"]'
const pressable = 'button, a, [role="option"], [role="radio"]'

/** Keys belong to the field, list, dialog or button that has the focus; auto-repeat and IME input run nothing. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as Element | null
  if (event.defaultPrevented || event.isComposing || (event.repeat && !['j', 'k'].includes(event.key))) return true
  if (target?.closest?.(typing)) return true
  return (event.key === ' ' || event.key === 'Enter') && Boolean(target?.closest?.(pressable))
}
