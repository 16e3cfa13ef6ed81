import { release } from 'node:os'
import type { PictureConsole } from '../picture-console.ts'

/** Every section that the window lists, the test of the connection, an invitation, and the search. */
export async function settingsScenes(console: PictureConsole): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: 'Settings' }).click()
  const sections = page.getByRole('navigation', { name: 'Sections' }).getByRole('link')
  await sections.first().waitFor()
  for (const section of await sections.all()) {
    const id = (await section.getAttribute('href'))?.split('/').at(-1) ?? ''
    await section.click()
    await page.getByRole('region', { name: await section.innerText(), exact: true }).waitFor()
    await (preparations[id] ?? ready)(console)
    await console.take(`settings-${id}`)
  }
  await sections.first().click()
  await page.getByRole('button', { name: 'Invite a colleague' }).click()
  await page.getByRole('dialog').waitFor()
  await console.take('invitation')
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Find a setting' }).fill('time')
  await console.take('settings-find')
  await page.keyboard.press('Escape')
}

/** By id of the section: what its picture shows beyond the section itself. */
const preparations: Readonly<Record<string, (console: PictureConsole) => Promise<void>>> = {
  connections: async ({ page }) => {
    await page.getByRole('button', { name: 'Test only' }).click()
    const headline = page.getByRole('region', { name: 'Test' }).getByRole('status')
    await headline.filter({ hasText: 'Works' }).waitFor()
  },
  data: ({ page }) => page.getByText('What is stored').waitFor(),
  about: async ({ page }) => {
    await page.getByText('libraries').waitFor()
    // The kernel of the computer that takes the pictures is nobody's concern.
    await page.evaluate((kernel) => {
      for (const cell of document.querySelectorAll('.mono')) {
        if (cell.childElementCount === 0) cell.textContent = cell.textContent.replace(kernel, '6.8.0')
      }
    }, release())
  },
}

function ready(): Promise<void> {
  return Promise.resolve()
}
