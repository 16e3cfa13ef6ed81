import type { Page } from '@playwright/test'

/**
 * Presses the keys of a sequence (`g o`), as a hand does, without waiting for the page between them: it counts the time
 * between two presses, and the sequence ends after a second.
 */
export async function pressSequence(page: Page, sequence: string): Promise<void> {
  await Promise.all(sequence.split(' ').map((key) => page.keyboard.press(key)))
}
