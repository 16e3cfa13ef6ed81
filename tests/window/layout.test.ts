/** What the window shows at the sizes that people use: nothing cut off, nothing moved, no empty half. */
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const sizes = [
  { width: 900, height: 700 },
  { width: 1100, height: 700 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
] as const
const sizeName = ({ width, height }: (typeof sizes)[number]): string => `${width} x ${height}`

const pages = [
  { name: 'Overview of 4 nodes', at: '?nodes=4#/overview' },
  { name: 'Overview of 12 nodes', at: '?nodes=12#/overview' },
  { name: 'Overview of 48 nodes', at: '?nodes=48#/overview' },
  { name: 'Overview of 500 nodes in groups', at: '?nodes=500&names=roles#/overview' },
  { name: 'Overview signed out, without the backend', at: '?nodes=48&session=expired&backend=unreachable#/overview' },
  { name: 'Metrics', at: '?nodes=12#/metrics' },
  { name: 'Metrics with many series', at: '?series=telegraf#/metrics/node-1' },
  { name: 'Alerts', at: '?nodes=12&session=operator#/alerts' },
  { name: 'History', at: '?nodes=48#/alerts/history' },
  { name: 'Report', at: '?nodes=48#/alerts/report' },
  { name: 'Silences', at: '?nodes=12&silences=some&session=operator#/silences' },
  { name: 'Silenced alerts', at: '?nodes=12&silences=some#/alerts/silenced' },
  { name: 'Thresholds', at: '?nodes=12&session=admin#/thresholds' },
  { name: 'Users', at: '?session=admin#/users' },
  { name: 'Connections', at: '?connections=saved#/settings/connections' },
  { name: 'Connections with fields that variables fix', at: '?connections=fixed#/settings/connections' },
  { name: 'the guide of the first run', at: '?state=first-start#/overview' },
  { name: 'Overview of the demo', at: '?nodes=12&connections=demo#/overview' },
  { name: 'Settings, backend', at: '?nodes=4&session=operator#/settings/backend' },
  { name: 'Settings, notifications', at: '?nodes=4#/settings/notifications' },
  { name: 'Settings, notifications of my nodes', at: '?nodes=48&names=roles&settings=mine#/settings/notifications' },
  { name: 'Settings, sound', at: '?nodes=4&settings=mine#/settings/sound' },
  { name: 'Overview with all chips', at: '?nodes=12&settings=mine&pause=on&silences=some#/overview' },
  { name: 'Settings, appearance', at: '?nodes=4&settings=fixed#/settings/appearance' },
  { name: 'Settings, data', at: '?nodes=4&settings=fixed#/settings/data' },
  { name: 'Settings, about', at: '?nodes=4#/settings/about' },
  { name: 'Settings, startup', at: '?nodes=4&settings=broken#/settings/startup' },
] as const

async function boxOf(part: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await expect(part).toBeVisible()
  return (await part.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
}

/** Elements that are cut off: areas that scroll sideways, and buttons, links, heads and titles without their whole text. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: Record<string, (element: HTMLElement, style: CSSStyleDeclaration) => boolean> = {
      'scrolls sideways': (element, { overflowX }) =>
        ['auto', 'scroll'].includes(overflowX) && isWider(element) && element.tagName !== 'PRE',
      'text is cut': (element, { textOverflow }) =>
        element.matches('button, nav a, h1, [role="columnheader"], [role="radio"]') &&
        isWider(element) &&
        textOverflow !== 'ellipsis',
      'beside the window': (element) =>
        element.matches('button, input, nav a, main h2, footer *') &&
        element.getBoundingClientRect().right > innerWidth + 1,
      'below the window': (element) =>
        element.matches('footer, aside') && element.getBoundingClientRect().bottom > innerHeight + 1,
    }
    const isWider = ({ scrollWidth, clientWidth }: HTMLElement): boolean => scrollWidth > clientWidth + 1
    return [...document.querySelectorAll<HTMLElement>('body *')].flatMap((element) => {
      const style = getComputedStyle(element)
      if (style.display === 'none' || element.clientWidth <= 1) return []
      const name = `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 40)}"`
      return Object.entries(problems).flatMap(([problem, has]) => (has(element, style) ? [`${problem}: ${name}`] : []))
    })
  })
}

for (const size of sizes) {
  test.describe(sizeName(size), () => {
    for (const { name, at } of pages) {
      test(`${name}: nothing is cut off`, async ({ open }) => {
        const page = await open(`preview.html${at}`, size)
        await expect(page.getByRole('main').getByRole('region').first()).toBeVisible()
        await expect.poll(() => cutOff(page)).toEqual([])
      })
    }

    test('what is critical, and what needs attention, is in view', async ({ open }) => {
      const page = await open('preview.html?nodes=12#/overview', size)
      const fleet = page.getByRole('region', { name: 'Fleet' })
      for (const [place, id] of ['node-2', 'node-9', 'node-8', 'node-3'].entries()) {
        const row = fleet.getByRole('region').nth(place)
        await expect(row).toHaveAccessibleName(id)
        await expect(row).toBeInViewport({ ratio: 1 })
      }
      const rows = page.getByRole('grid', { name: 'Needs attention' }).getByRole('row')
      await expect(rows.first()).toBeInViewport({ ratio: 1 })
      for (const label of ['Nodes', 'Active nodes', 'Active alerts', 'Metrics, last minute'])
        await expect(page.getByRole('region', { name: label, exact: true })).toBeInViewport({ ratio: 1 })
    })

    test('heads stand over their columns, and the critical level is in view', async ({ open }) => {
      for (const [at, table] of [
        ['?nodes=12&session=admin#/thresholds', 'Thresholds'],
        ['?nodes=12&session=operator#/alerts', 'Alerts'],
        ['?nodes=48#/alerts/history', 'History'],
        ['?nodes=48#/alerts/report', 'Noisiest nodes'],
        ['?nodes=12&silences=some#/silences', 'Silences'],
        ['?session=admin#/users', 'Users'],
      ] as const) {
        const page = await open(`preview.html${at}`, size)
        const grid = page.getByRole('grid', { name: table })
        await expect(grid.getByRole('row').nth(1)).toBeVisible()
        const places = (role: 'columnheader' | 'gridcell', row: number) =>
          grid
            .getByRole('row')
            .nth(row)
            .getByRole(role)
            .evaluateAll((cells) =>
              cells
                .map((cell) => cell.getBoundingClientRect())
                .filter(({ width }) => width > 0)
                .map(({ left, right }) => [Math.round(left), Math.round(right)]),
            )
        await expect(async () => {
          expect(await places('gridcell', 2), table).toEqual(await places('columnheader', 0))
        }).toPass()
        if (table === 'Thresholds')
          await expect(grid.getByRole('columnheader', { name: 'Critical' })).toBeInViewport({ ratio: 1 })
      }
    })

    test('notices never move the page', async ({ open }) => {
      const tops = async (at: string): Promise<number[]> => {
        const page = await open(`preview.html${at}`, size)
        if (at.includes('unreachable')) await expect(page.getByRole('button', { name: 'All notices' })).toBeVisible()
        const main = await boxOf(page.getByRole('main'))
        const card = await boxOf(page.getByRole('region', { name: 'Nodes', exact: true }))
        return [main.y, main.height, card.y]
      }
      const quiet = await tops('?nodes=12&session=operator#/overview')
      expect(await tops('?nodes=12&session=expired&backend=unreachable#/overview')).toEqual(quiet)
      expect(await tops('?nodes=12&session=operator&backend=unreachable&state=blind#/overview')).toEqual(quiet)
    })
  })
}

test.describe('2560 x 1440: nothing stays empty', () => {
  const size = sizes[3]

  for (const nodes of [1, 2, 4, 8, 12]) {
    test(`${nodes} nodes as rows`, async ({ open }) => {
      const page = await open(`preview.html?nodes=${nodes}#/overview`, size)
      const fleet = page.getByRole('region', { name: 'Fleet' })
      await expect(fleet.getByRole('region')).toHaveCount(nodes)
      const card = await boxOf(fleet)
      const last = await boxOf(fleet.getByRole('region').last())
      expect(last.y + last.height).toBeGreaterThan(card.y + card.height - 4)
    })
  }

  for (const nodes of [13, 48, 500, 2000]) {
    test(`${nodes} nodes as tiles`, async ({ open }) => {
      const page = await open(`preview.html?nodes=${nodes}#/overview`, size)
      const map = page.getByRole('listbox', { name: 'Fleet' })
      await expect(map.getByRole('option')).toHaveCount(nodes)
      const area = await boxOf(map)
      const last = await boxOf(map.getByRole('option').last())
      expect(last.y + last.height).toBeLessThanOrEqual(area.y + area.height + 1)
      expect(last.y + last.height).toBeGreaterThan(area.y + 0.72 * area.height)
    })
  }
})

test('a notice that has no room is read whole in a list over the page', async ({ open }) => {
  const page = await open('preview.html?nodes=6&session=operator&backend=unreachable&state=blind#/overview', sizes[0])
  await page.getByRole('button', { name: 'All notices' }).click()
  const all = page.getByRole('dialog', { name: 'All notices' })
  await expect(all.getByText(/newer alerts may be missing\.$/)).toBeInViewport({ ratio: 1 })
  await page.keyboard.press('Escape')
  await expect(all).toHaveCount(0)
})

test.describe('a start with a full cache', () => {
  test('shows the cached fleet in grey with its age, and never the guide', async ({ open, shell }) => {
    await using _seen = await shell.page.addInitScript(() => {
      const seen = new MutationObserver(() => {
        const text = document.querySelector('body')?.textContent
        if (text?.includes('Where are your metrics?')) document.documentElement.dataset['guide'] = 'seen'
        if (text?.includes('Opening the local cache.')) document.documentElement.dataset['opening'] = 'seen'
      })
      seen.observe(document, { childList: true, subtree: true })
    })
    const page = await open('preview.html?nodes=4&state=restart#/overview')
    await expect(page.locator('html')).toHaveAttribute('data-opening')
    await expect(page.getByRole('group', { name: 'node-1 CPU' })).toContainText('%')
    await expect(page.getByRole('region', { name: 'node-1' })).toContainText(/sampled 2\sm ago/)
    await expect(page.getByRole('alert')).toContainText('Values and alerts are from')
    const shade = page.getByRole('group', { name: 'node-2 CPU' }).locator('b')
    expect(await shade.evaluate((value) => getComputedStyle(value.closest('.page') ?? value).filter)).toContain(
      'grayscale',
    )
    await expect(page.locator('html')).not.toHaveAttribute('data-guide')
  })

  test('the first start of all shows the guide', async ({ open }) => {
    const page = await open('preview.html?state=first-start#/overview')
    await expect(page.getByText('Where are your metrics?')).toBeVisible()
  })
})

test.describe('map of a large fleet', () => {
  test('arrows move, Enter opens, and the order stays while the pointer is on it', async ({ open }) => {
    const page = await open('preview.html?nodes=48#/overview')
    const map = page.getByRole('listbox', { name: 'Fleet' })
    await expect(map.getByRole('option').first()).toHaveAccessibleName(/^node-2, Critical/)
    await map.focus()
    await page.keyboard.press('Home')
    const selected = map.getByRole('option', { selected: true })
    await expect(selected).toHaveAccessibleName(/^node-2, Critical/)
    await page.keyboard.press('ArrowRight')
    await expect(selected).toHaveAccessibleName(/^node-9, Critical/)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'node-9' })).toBeVisible()
  })

  test('a count shows only its nodes, and a name filters', async ({ open }) => {
    const page = await open('preview.html?nodes=48#/overview')
    const options = page.getByRole('listbox', { name: 'Fleet' }).getByRole('option')
    const pending = page.getByRole('button', { name: '2 Pending' })
    await pending.click()
    await expect(options).toHaveCount(2)
    await expect(options.first()).toHaveAccessibleName(/^node-4, Pending critical/)
    await pending.click()
    await page.keyboard.press('/')
    await page.keyboard.type('node-1')
    await expect(options).toHaveCount(11)
  })

  test('a selected alert selects its node, and a selected node its alert', async ({ open }) => {
    const page = await open('preview.html?nodes=48#/overview')
    const attention = page.getByRole('grid', { name: 'Needs attention' })
    await attention.getByRole('row').filter({ hasText: 'node-10' }).click()
    await expect(page.getByRole('heading', { name: 'node-10', exact: true })).toBeVisible()
    await page.getByRole('option', { name: /^node-3, / }).click()
    await expect(attention.getByRole('row', { selected: true })).toContainText('node-3')
  })
})

test('pending and silent are listed with their countdown, and nothing claims that all is well', async ({ open }) => {
  const page = await open('preview.html?nodes=6&still#/overview')
  const attention = page.getByRole('region', { name: 'Needs attention', exact: true })
  await expect(attention.getByRole('row').filter({ hasText: 'node-4' })).toContainText(
    /CPU 9\d\.\d\s%, over 95\s% for 1\sm \d+\ss, fires in \d+\ss/,
  )
  await expect(attention.getByRole('row').filter({ hasText: 'node-6' })).toContainText(
    /No sample for \d+\ss, last one at [\d:]+, offline in \d+\ss/,
  )
  await expect(page.getByText('Nothing needs attention.')).toHaveCount(0)
  await expect(attention.getByRole('region', { name: 'Ended in the last hour' })).toContainText('was 958')
  await expect(page.getByRole('region', { name: 'node-4' })).toContainText(/Fires in \d+\ss/)
  await expect(page.getByRole('region', { name: 'node-6' })).toContainText(/Offline in \d+\ss/)
})
