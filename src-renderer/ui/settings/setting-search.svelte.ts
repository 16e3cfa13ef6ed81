import { getContext, setContext } from 'svelte'

const token = Symbol('setting search')
const sectionToken = Symbol('settings section')

/** The text of “Find a setting”. Each row shows or hides itself by it. */
export class SettingSearch {
  text = $state('')
  readonly #words: readonly string[] = $derived(this.text.toLowerCase().split(/\s+/).filter(Boolean))
  readonly active: boolean = $derived(this.#words.length > 0)

  /** Whether every typed word is in one of the texts. */
  matches(...texts: ReadonlyArray<string | undefined>): boolean {
    const all = texts.join(' ').toLowerCase()
    return this.#words.every((word) => all.includes(word))
  }
}

export function provideSettingSearch(search: SettingSearch): void {
  setContext(token, search)
}

/** Outside of the settings page nothing is searched. */
export function useSettingSearch(): SettingSearch {
  return getContext<SettingSearch | undefined>(token) ?? new SettingSearch()
}

/** The title of the section, which finds all rows of the section. */
export function provideSectionTitle(title: string): void {
  setContext(sectionToken, title)
}

export function useSectionTitle(): string {
  return getContext<string | undefined>(sectionToken) ?? ''
}
