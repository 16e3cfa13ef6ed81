import { expect, test } from './fixtures.ts'

const odd = '\\u202egpj.nimda'

test('a name with marks of direction reads the same in the threshold form and where its node is forgotten', async ({
  open,
}) => {
  const page = await open('preview.html?nodes=12&names=odd#/thresholds')
  await page.getByRole('button', { name: 'New threshold' }).click()
  await page.getByRole('combobox', { name: 'Applies to:' }).click()
  await page.getByRole('option', { name: 'One node' }).click()
  const node = page.getByRole('combobox', { name: 'Node', exact: true })
  await node.pressSequentially('gpj')
  await page.getByRole('option', { name: odd }).click()
  await expect(node).toHaveValue(`${odd} (Server-Alpha)`)
  await page.getByRole('link', { name: /^Metrics/ }).click()
  await page.getByRole('searchbox', { name: 'Filter nodes' }).fill(odd)
  await page.getByRole('searchbox', { name: 'Filter nodes' }).press('Enter')
  await expect(page.getByRole('heading', { name: odd })).toBeVisible()
  await page.getByRole('button', { name: /^Forget/ }).click()
  await expect(page.getByRole('alertdialog').or(page.getByRole('dialog'))).toContainText(`Forget ${odd}?`)
})

test('the reason of a rejected message shows what is not seen', async ({ open }) => {
  const page = await open('preview.html')
  await page.getByRole('button', { name: /^Rejected/ }).click()
  await expect(page.getByRole('grid', { name: 'Rejected messages' })).toContainText('got "\\u202ewon"')
})

test('the timeline of an offline alert says which node is offline since when', async ({ open }) => {
  const page = await open('preview.html?nodes=12#/alerts')
  await page.getByRole('row', { name: /node-9/ }).click()
  await expect(page.getByRole('list', { name: 'Timeline' })).toContainText(
    /node-9 is offline, last seen \d\d:\d\d:\d\d/,
  )
})
