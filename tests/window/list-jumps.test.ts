/** Where rows are after a jump: from the first frame on where they stay, so that a click meets the row that is seen. */
import type { ElectronApplication, Locator, Page } from '@playwright/test'
import { expect, test, type Open } from './fixtures.ts'

type Density = 'comfortable' | 'compact'

/** How an operator looks at a list. `zoom`: of the window, where 1 is 100 %. */
const looks: ReadonlyArray<{ readonly density: Density; readonly zoom: number }> = [
  { density: 'comfortable', zoom: 1 },
  { density: 'compact', zoom: 1.25 },
  { density: 'comfortable', zoom: 2 },
]

interface LongList {
  readonly name: string
  /** Opens the list, with rows of several heights if it has them. */
  readonly show: (open: Open, settings: string) => Promise<Locator>
}

async function listOf(page: Page, role: 'grid' | 'listbox', name: string): Promise<Locator> {
  const list = page.getByRole(role, { name, exact: true })
  await expect(list.locator('[aria-selected]').first()).toBeVisible()
  return list
}

const lists: readonly LongList[] = [
  {
    name: 'topics under headings',
    show: async (open, settings) => {
      const page = await open(`preview.html?nodes=4&sources=few&settings=${settings}#/stream/find`)
      await page.getByRole('button', { name: 'Show', exact: true }).click()
      await expect(page.getByText('Not readable: this user may not read it')).toBeVisible()
      return listOf(page, 'grid', 'Topics')
    },
  },
  {
    name: 'alerts, pending alerts and silent nodes',
    show: async (open, settings) =>
      listOf(await open(`preview.html?nodes=200&storm=40&settings=${settings}#/overview`), 'grid', 'Needs attention'),
  },
  {
    name: 'days of the history',
    show: async (open, settings) =>
      listOf(await open(`preview.html?nodes=48&history=many&settings=${settings}#/alerts/history`), 'grid', 'History'),
  },
  {
    name: 'series of a node',
    show: async (open, settings) =>
      listOf(await open(`preview.html?series=telegraf&settings=${settings}#/metrics/node-1`), 'grid', 'Series'),
  },
  {
    name: 'nodes',
    show: async (open, settings) =>
      listOf(await open(`preview.html?nodes=200&settings=${settings}#/metrics`), 'listbox', 'Nodes'),
  },
]

interface Seen {
  /** CSS pixels of the window. */
  readonly x: number
  readonly y: number
  /** `undefined`: no row is there. */
  readonly id: string | undefined
}

/**
 * What is under points beside the buttons, from below the heads to the end of the list, in the first frame in which the
 * list is scrolled elsewhere. The event of an earlier scroll may be still to come: it has the position of now.
 */
async function nextScroll(list: Locator): Promise<{ readonly seen: Promise<readonly Seen[]> }> {
  const frame = await list.evaluateHandle((element) => ({
    seen: new Promise<Seen[]>((resolve) => {
      const read = (): void => {
        const { left, top } = element.getBoundingClientRect()
        const head = element.querySelector(':scope > [role="row"]')?.clientHeight ?? 0
        const seen: Seen[] = []
        for (let y = head + 4; y < element.clientHeight - 4; y += 6) {
          const at = { x: Math.floor(left + 8), y: Math.floor(top + y) }
          const row = document.elementFromPoint(at.x, at.y)?.closest('[aria-selected], .virtual-heading')
          seen.push({ ...at, id: row ? row.id : undefined })
        }
        resolve(seen)
      }
      const from = element.scrollTop
      const onscroll = (): void => {
        if (element.scrollTop === from) return
        element.removeEventListener('scroll', onscroll)
        requestAnimationFrame(read)
      }
      element.addEventListener('scroll', onscroll)
    }),
  }))
  return { seen: frame.evaluate(({ seen }) => seen) }
}

/** Jumps, reads what is seen in that frame, and clicks the row in the middle: that one is selected. */
async function expectClickMeetsRow(list: Locator, jump: () => Promise<unknown>): Promise<void> {
  const { seen } = await nextScroll(list)
  await jump()
  const points = await seen
  expect(points.filter(({ id }) => id === undefined)).toEqual([])
  const point = points.slice(Math.floor(points.length / 2)).find(({ id }) => id !== '')
  if (!point) throw new Error('no row that can be selected is in view')
  await list.page().mouse.click(point.x, point.y)
  await expect(list.page().locator(`[id="${point.id ?? ''}"]`)).toHaveAttribute('aria-selected', 'true')
}

async function zoomTo(app: ElectronApplication, factor: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, zoom) => {
    for (const { webContents } of BrowserWindow.getAllWindows()) webContents.setZoomFactor(zoom)
  }, factor)
}

test.afterEach(({ shell }) => zoomTo(shell.app, 1))

for (const { name, show } of lists) {
  test(`${name}: a click after a jump meets the row that was seen`, async ({ open, shell }) => {
    for (const { density, zoom } of looks) {
      await zoomTo(shell.app, 1)
      const list = await show(open, density === 'compact' ? 'compact' : 'mine')
      const { width, height } = shell.page.viewportSize() ?? { width: 0, height: 0 }
      await shell.page.setViewportSize({ width: width * zoom, height: height * zoom })
      await zoomTo(shell.app, zoom)
      // Before both are there, the width alone is as it will be.
      await expect.poll(() => shell.page.evaluate(() => [innerWidth, devicePixelRatio])).toEqual([width, zoom])
      await list.focus()
      await list.press('Home')
      await expectClickMeetsRow(list, () => list.press('End'))
      const toMiddle = (): Promise<unknown> =>
        list.evaluate((element) => (element.scrollTop = (element.scrollHeight - element.clientHeight) / 2))
      await expectClickMeetsRow(list, toMiddle)
      await expectClickMeetsRow(list, () => list.press('Home'))
    }
  })
}
