import { expect, type Page } from '@playwright/test'
import axe from 'axe-core'

/** Themes differ in colors alone, so the second one needs no other rules. */
const rulesOf = {
  dark: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] },
  light: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const

/** Checks the page as it is now, in both themes. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  await drawn(page)
  for (const theme of ['dark', 'light'] as const) expect(await violations(page, theme), theme).toEqual([])
}

/** What follows from sizes, such as a tab stop of an area that scrolls, is there a frame after what was sized. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
  })
}

/**
 * One line per element: rule, selector, and what to mend. Exempt: the list that a control opens stands outside of every
 * landmark, because it must lie above all of them. The control names it by `aria-controls`.
 */
function violations(page: Page, theme: keyof typeof rulesOf): Promise<string[]> {
  return page.evaluate(
    async ([name, { type, values }]) => {
      document.documentElement.dataset['theme'] = name
      const { axe: inPage } = globalThis as unknown as { axe: typeof axe }
      const runOnly = { type, values: [...values] }
      const { violations: found } = await inPage.run(document, { runOnly, resultTypes: ['violations'] })
      const isPopover = (selector: string): boolean => {
        const element = document.querySelector(selector)
        return Boolean(element?.closest('.popover') ?? element?.querySelector('.popover'))
      }
      return found
        .flatMap(({ id, nodes }) => nodes.map((node) => ({ id, at: node.target.join(' '), why: node.failureSummary })))
        .filter(({ id, at }) => id !== 'region' || !isPopover(at))
        .map(({ id, at, why }) => `${id}: ${at}: ${why ?? ''}`)
    },
    [theme, rulesOf[theme]] as const,
  )
}
