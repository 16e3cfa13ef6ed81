import { createKeybindingsHandler } from 'tinykeys'

/**
 * The keys of a sequence follow each other within so many ms, by the times of the presses: in a window that hangs for a
 * second, `g a` is not `a`.
 */
const sequenceMs = 1000
/** tinykeys goes by the time at which it handles a key: it must not forget one. */
const neverMs = 2 ** 31 - 1
const modifiers = ['Shift', 'Control', 'Alt', 'Meta']

/** One command. Keyboard shortcuts, help sheet and the keys on buttons come only from here. */
export interface Command {
  readonly id: string
  readonly title: string
  readonly group:
    | 'Go to'
    | 'Lists'
    | 'Alerts'
    | 'Silences'
    | 'Notifications'
    | 'Metrics'
    | 'Thresholds'
    | 'Stream'
    | 'Users'
    | 'Connections'
    | 'Settings'
    | 'Help'
  /** In tinykeys syntax: `a`, `g o`, `[Shift]+?`. Buttons show the first one. None: only in the list of commands. */
  readonly keys: readonly string[]
  readonly when?: () => boolean
  readonly run: () => void
}

/** The available commands. Views add theirs while they are shown. */
export class Commands {
  all = $state.raw<readonly Command[]>([])
  #handle: (event: KeyboardEvent) => void = () => undefined
  /** The key that began a sequence, until the next one. */
  #begun: KeyboardEvent | undefined

  constructor(target: Window | HTMLElement) {
    target.addEventListener('keydown', (event) => this.#onkeydown(event as KeyboardEvent))
  }

  /** @returns removes them */
  add(commands: readonly Command[]): () => void {
    this.all = [...this.all, ...commands]
    this.#bind()
    return () => {
      this.all = this.all.filter((command) => !commands.includes(command))
      this.#bind()
    }
  }

  /** The key to show on the button of this command. */
  keyOf(id: string): string | undefined {
    const keys = this.all.find((command) => command.id === id)?.keys[0]
    return keys === undefined ? undefined : keyLabel(keys)
  }

  /** Runs a command, as its key does. */
  run(id: string): void {
    const command = this.all.findLast((candidate) => candidate.id === id)
    if (command?.when?.() ?? true) command?.run()
  }

  #onkeydown(event: KeyboardEvent): void {
    if (isTyping(event) || modifiers.includes(event.key)) return
    const begins = this.all.some(({ keys }) => keys.some((one) => one.startsWith(`${event.key} `)))
    const isLate = this.#begun !== undefined && event.timeStamp - this.#begun.timeStamp > sequenceMs
    if (begins || isLate) this.#endSequence()
    this.#handle(event)
    if (begins) this.#begun = event
    else this.#endSequence()
  }

  #endSequence(): void {
    if (this.#begun === undefined) return
    this.#begun = undefined
    this.#bind()
  }

  /** A sequence that has begun goes on, as when a page adds its commands between two keys. */
  #bind(): void {
    const byKeys = new Map<string, Command[]>()
    for (const command of this.all) {
      for (const keys of command.keys) byKeys.set(keys, [...(byKeys.get(keys) ?? []), command])
    }
    // Sequences first: the `a` of `g a` opens the alerts and must not acknowledge one too.
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
    this.#handle = createKeybindingsHandler(Object.fromEntries(bindings), { ignore: isTyping, timeout: neverMs })
    if (this.#begun !== undefined) this.#handle(this.#begun)
  }
}

/** tinykeys takes `$mod` as ⌘ on macOS and Ctrl elsewhere. */
function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone/.test(navigator.platform)
}

/** The text of a key: `g o`, `?`, `Space`. */
export function keyLabel(keys: string): string {
  return keys
    .replace('[Shift]+', '')
    .replace(/^Shift\+(.)/, (_, key: string) => `${isMac() ? '⇧' : 'Shift '}${key.toUpperCase()}`)
    .replace(/^Escape$/, 'Esc')
    .replace(/\$mod\+Shift\+(.)/, (_, key: string) => (isMac() ? '⇧⌘' : 'Ctrl Shift ') + key.toUpperCase())
    .replace(/\$mod\+(.)/, (_, key: string) => (isMac() ? '⌘' : 'Ctrl ') + key.toUpperCase())
    .replace('ArrowDown', '↓')
    .replace('ArrowUp', '↑')
}

const typing = 'input, textarea, select, [contenteditable], [role="combobox"]'
const dialogs = '[role="dialog"], [role="alertdialog"]'
const pressable = 'button, a, [role="option"], [role="radio"]'

/** Whether the focused field, list, dialog or button gets the key, instead of a command. Auto-repeat and IME input run no command. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || (event.repeat && !['j', 'k'].includes(event.key))) return true
  const isIn = (selector: string): boolean => Boolean((event.target as Element | null)?.closest?.(selector))
  if (isIn(dialogs) || (isIn(typing) && !isChord(event))) return true
  return (event.key === ' ' || event.key === 'Enter') && isIn(pressable)
}

/** Text never has such a key, so a field does not need it. Ctrl+K opens the commands from everywhere, Ctrl+S saves. */
function isChord({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && (shiftKey || ['k', 's'].includes(key.toLowerCase()))
}
