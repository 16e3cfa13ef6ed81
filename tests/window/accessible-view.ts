import type { Page } from '@playwright/test'

/** A page, dialog or state that is checked with axe. */
export interface View {
  readonly name: string
  /** Query and address of preview.html. */
  readonly at: string
  /** So small that areas scroll. */
  readonly small?: true
  readonly steps?: (page: Page) => Promise<unknown>
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
export const dialog = (page: Page, name: string) => page.getByRole('dialog', { name }).waitFor()
