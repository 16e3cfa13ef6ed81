import { formatCount } from '#shared/format/number.ts'
import type { AppState } from '../../../live/app-state.svelte.ts'
import { copyText } from '../../../ui/copy-text.ts'
import type { HistoryPage } from './history-page.svelte.ts'
import { entryText, listText, type HistoryFacts } from './history-text.ts'

/** Lines that a copy of the list has at most: a chat takes no more. */
const mostCopied = 500

/** What leaves the history: one entry or the filtered list as text, and the list as a file. */
export class HistoryOutput {
  readonly #app: AppState
  readonly #page: HistoryPage
  readonly #copy: (text: string) => boolean
  exporting = $state(false)
  copying = $state(false)
  /** What the last copy or export did, in one sentence. */
  done = $state.raw<{ readonly ok: boolean; readonly text: string }>()

  constructor(app: AppState, page: HistoryPage, copy = copyText) {
    this.#app = app
    this.#page = page
    this.#copy = copy
  }

  copySelected(): void {
    const { row } = this.#page
    if (row) this.#put(entryText(row.entry, this.#facts()), row.kind === 'alert' ? 'Copied the alert.' : 'Copied.')
  }

  /** The filtered list, with the pages that were not read yet. */
  async copyList(): Promise<void> {
    const page = this.#page
    if (this.copying || !page.isLoaded) return
    this.copying = true
    const { filter } = page
    while (page.hasMore && page.entries.length < mostCopied && page.filter === filter) {
      const before = page.entries.length
      await page.more()
      if (page.entries.length === before) break
    }
    this.copying = false
    // Another list is shown by now: it is not the one that was asked for.
    if (filter === undefined || page.filter !== filter) return
    const entries = page.entries.slice(0, mostCopied)
    const isWhole = !page.hasMore && entries.length === page.entries.length
    const count = `${formatCount(entries.length)} ${entries.length === 1 ? 'entry' : 'entries'}`
    const text = listText(entries, { ...this.#facts(), span: filter, isWhole })
    this.#put(text, `Copied ${isWhole ? '' : 'the newest '}${count}.`)
  }

  /** The filtered list. The native dialog asks for the file. */
  async exportCsv(): Promise<void> {
    const { filter } = this.#page
    if (this.exporting || filter === undefined) return
    this.exporting = true
    this.done = undefined
    const result = await this.#app.bridge['history.export']({ filter })
    this.exporting = false
    if (!result.ok) this.done = { ok: false, text: `Export failed. ${result.error.message}` }
    else if (result.value.saved) {
      const { rows, path, missingReason } = result.value
      const saved = `Saved ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'} to ${path}`
      this.done = { ok: true, text: missingReason === undefined ? saved : `${saved}. ${missingReason}` }
    }
  }

  #put(text: string, done: string): void {
    const ok = this.#copy(text)
    this.done = { ok, text: ok ? done : 'The clipboard is not available.' }
  }

  #facts(): HistoryFacts {
    return {
      now: this.#app.clock.now,
      ruleOf: ({ alert }) => this.#app.ruleOf(alert),
      unitOf: (metric) => this.#page.unitOf(metric),
    }
  }
}
