import { getContext, setContext } from 'svelte'

export type Density = 'compact' | 'comfortable'

/**
 * Heights of rows in pixels. `table`: also of rows in a short list, as the property `--row-height` of the root element.
 * `twoLines`: rows with a second line of text.
 */
export const rowHeight = {
  table: { compact: 28, comfortable: 36 },
  twoLines: { compact: 34, comfortable: 40 },
} as const

const token = Symbol('density')

export function provideDensity(density: () => Density): void {
  setContext(token, density)
}

/** Outside of the app, lists are comfortable. */
export function useDensity(): () => Density {
  return getContext<(() => Density) | undefined>(token) ?? (() => 'comfortable')
}
