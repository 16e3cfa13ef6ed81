import type { PictureConsole } from '../picture-console.ts'
import { people } from '../team.ts'

/** With a picture of the form. */
export async function signIn(console: PictureConsole): Promise<void> {
  const { page } = console
  await page.getByRole('contentinfo', { name: 'Status' }).getByRole('button', { name: 'Sign in' }).click()
  const form = page.getByRole('form', { name: 'Sign in to ReMo' })
  await form.getByLabel('Username').fill('anna')
  await console.take('sign-in')
  await form.getByLabel('Password', { exact: true }).fill(people.anna.password)
  await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'anna, admin', exact: true }).waitFor()
}

/** The people of the team, a new one, and who changed what. */
export async function teamScenes(console: PictureConsole): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: 'Users' }).click()
  await page.getByRole('row').filter({ hasText: 'ben' }).click()
  await console.take('users')
  await page.getByRole('button', { name: 'New user' }).click()
  const dialog = page.getByRole('dialog', { name: 'New user' })
  await dialog.getByLabel('Username').fill('dora')
  await dialog.getByLabel('Email').fill('dora@example.com')
  await console.take('new-user')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('row').filter({ hasText: 'carla' }).click()
  await page.getByRole('combobox', { name: 'Role:' }).click()
  await page.getByRole('option', { name: 'operator', exact: false }).click()
  await page.getByRole('row').filter({ hasText: 'carla' }).filter({ hasText: 'operator' }).waitFor()

  await page.getByRole('link', { name: 'Audit' }).click()
  const changes = page.getByRole('grid', { name: 'Changes' })
  await changes.getByRole('row').filter({ hasText: 'User changed' }).first().click()
  await page.getByRole('list', { name: 'Before and after' }).getByText('viewer → operator').waitFor()
  await console.take('audit')
}
