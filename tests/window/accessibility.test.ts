import { accessibleViews } from './accessible-views.ts'
import { expectAccessible } from './axe.ts'
import { test } from './fixtures.ts'

test.describe('accessible in both themes', () => {
  for (const { name, at, small, steps } of accessibleViews) {
    test(name, async ({ open }) => {
      const page = await open(`preview.html${at}`, small && { width: 900, height: 420 })
      await page.getByRole('navigation').first().waitFor()
      await steps?.(page)
      await expectAccessible(page)
    })
  }

  test('the primitives', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByLabel('Warning').fill('-1')
    await expectAccessible(page)
  })
})
