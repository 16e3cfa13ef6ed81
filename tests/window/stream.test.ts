import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const source = (page: Page, name: string) =>
  page.getByRole('grid', { name: 'Sources' }).getByRole('row', { name: new RegExp(`^${name}`) })
const find = (page: Page) => page.getByRole('dialog', { name: 'Find metrics' })
const pattern = (page: Page) => find(page).getByRole('textbox', { name: 'Pattern then' })

test('each source says what it is and what comes of it', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/stream')
  const rows = [
    ['metrics-.*', 'Reading as ReMo JSON', '48 hosts · 4 metrics each'],
    ['telegraf', 'Reading as Telegraf lines', '42 hosts · 180 metrics each'],
    ['press-line', 'Reading by your mapping', '6 hosts · 5 metrics each'],
    ['infra', 'Several formats: Telegraf JSON 91\u202f%, collectd 9\u202f%', '9 hosts · all are read'],
    ['beats', 'Reading as Metricbeat, limit reached', '2,000 series on k8s-03, tag pod.name'],
    ['orders', 'Not metrics', 'order_id, customer, total, …'],
    ['payments', 'Needs a schema registry', 'Avro, schema 1042'],
  ] as const
  for (const [name, what, comes] of rows) {
    await expect(source(page, name).first()).toContainText(what)
    await expect(source(page, name).first()).toContainText(comes)
  }
})

test('the selected source shows one record, how it is read, and what helps', async ({ open }) => {
  const page = await open('preview.html?nodes=4&still#/stream')
  await source(page, 'telegraf').click()
  const details = page.getByRole('region', { name: 'telegraf' })
  await expect(details).toContainText('No disk and network totals for 42 hosts.')
  await details.getByRole('button', { name: 'Copy' }).click()
  await expect(details.getByRole('button', { name: 'Copied' })).toBeVisible()
  await expect(details).toContainText('42, named by the tag host')
  await expect(details).toContainText('38 of 180 become rates')
  await expect(details.getByLabel('The record')).toContainText('usage_idle=25.8')
  await expect(details).toContainText('CPU usage = 100 − usage_idle')
  await expect(details).toContainText('74.2')
  await page.keyboard.press('j')
  await expect(page.getByRole('region', { name: 'otel-metrics' })).toBeVisible()
  await source(page, 'infra').click()
  const infra = page.getByRole('region', { name: 'infra' })
  await expect(infra).toContainText('Network traffic = bytes_recv + bytes_sent a second, summed')
  await expect(infra).toContainText('becomes a rate')
  await expect(infra).toContainText('b-4')
  await source(page, 'orders').click()
  await expect(page.getByRole('region', { name: 'orders' })).toContainText('It is passed over: order_id')
})

test('a topic is read no more after a question, and the pattern says so', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/stream')
  await source(page, 'telegraf').click()
  await page.getByRole('region', { name: 'telegraf' }).getByRole('button', { name: 'Read no more' }).click()
  await expect(page.getByRole('alertdialog')).toContainText('The pattern becomes ^(metrics-|otel-|press-line$')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Read no more' }).click()
  await expect(page.getByRole('textbox', { name: 'pattern' })).toHaveValue(/^\^\(metrics-\|otel-\|/)
})

test('what alone is read cannot be taken out', async ({ open }) => {
  const page = await open('preview.html?nodes=4&sources=few#/stream')
  await expect(page.getByRole('button', { name: 'Read no more' })).toBeDisabled()
})

test('the pattern is edited in place, and a wrong one is refused', async ({ open }) => {
  const page = await open('preview.html?nodes=4&sources=few#/stream')
  const field = page.getByRole('textbox', { name: 'pattern' })
  await field.fill('^(metrics-')
  await expect(field).toHaveAccessibleDescription(/no regular expression/)
  await expect(page.getByRole('button', { name: 'Read', exact: true })).toBeDisabled()
  await field.press('Escape')
  await expect(field).toHaveValue('^metrics-')
  await field.fill('^(metrics-|eu-)')
  await field.press('Enter')
  await expect(page.getByRole('button', { name: 'Read', exact: true })).toHaveCount(0)
  await expect(field).toHaveValue('^(metrics-|eu-)')
})

test.describe('find metrics', () => {
  test('by the keyboard alone: look, choose, read', async ({ open }) => {
    const page = await open('preview.html?nodes=4&sources=few#/stream')
    await expect(source(page, 'metrics-').first()).toBeVisible()
    await page.keyboard.press('f')
    await expect(find(page)).toContainText('38 topics, the last 5 records of each, in 1.9')
    await expect(find(page)).toContainText('48 topics are read already.')
    await expect(find(page)).toContainText('4 topics with metrics')
    await expect(find(page)).toContainText('1 topic that may hold metrics')
    await expect(find(page)).toContainText('33 topics that do not')
    // Flat JSON is left to a person.
    await expect(pattern(page)).toHaveValue('^(metrics-|infra$|otel-metrics$|telegraf$)')
    await page.keyboard.press('x')
    await expect(pattern(page)).toHaveValue('^(metrics-|otel-metrics$|telegraf$)')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('x')
    await expect(pattern(page)).toHaveValue('^(metrics-|otel-metrics$|telegraf$|sensors-eu$)')
    await page.keyboard.press('k')
    await page.keyboard.press('x')
    await expect(find(page).getByRole('button', { name: 'Read 2 topics' })).toBeVisible()
    await page.keyboard.press('Control+Enter')
    await expect(find(page)).toHaveCount(0)
    await expect(page.getByRole('textbox', { name: 'pattern' })).toHaveValue('^(metrics-|telegraf$|sensors-eu$)')
  })

  test('what is written into the pattern stays when a topic is chosen', async ({ open }) => {
    const page = await open('preview.html?nodes=4&sources=few#/stream/find')
    await expect(find(page)).toContainText('4 topics with metrics')
    await pattern(page).fill('^(metrics-|infra)')
    await find(page).getByRole('checkbox', { name: 'Read sensors-eu' }).click()
    await expect(pattern(page)).toHaveValue('^(metrics-|infra|sensors-eu$)')
    await pattern(page).fill('^(')
    await expect(pattern(page)).toHaveAccessibleDescription(/no regular expression/)
    await expect(find(page).getByRole('button', { name: /^Read/ })).toBeDisabled()
  })

  test('topics without metrics follow on demand, and Map fields leads to the form', async ({ open }) => {
    const page = await open('preview.html?nodes=4&sources=few#/stream/find')
    await expect(find(page)).toContainText('30 more')
    await find(page).getByRole('button', { name: 'Show' }).click()
    await expect(find(page)).toContainText('Not readable: this user may not read it')
    const selected = find(page).locator('[aria-selected="true"]')
    await expect(selected).toHaveAttribute('aria-rowindex', '12')
    await expect(selected).toContainText('secrets')
    await page.keyboard.press('j')
    await expect(selected).toHaveAttribute('aria-rowindex', '13')
    await find(page).getByRole('button', { name: 'Map fields…' }).click()
    await expect(page).toHaveURL(/#\/stream\/mapping\/press-line$/)
  })

  test('a Kafka that does not answer is a sentence, and Escape leads back', async ({ open }) => {
    const page = await open('preview.html?nodes=4&sources=unreachable#/stream/find')
    await expect(find(page).getByRole('alert')).toContainText('Nothing is listening on localhost:9092.')
    await expect(find(page).getByRole('button', { name: 'Try again' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(find(page)).toHaveCount(0)
    await expect(page).toHaveURL(/#\/stream\/sources$/)
  })

  test('a variable that sets the topics is said', async ({ open }) => {
    const page = await open('preview.html?nodes=4&sources=fixed#/stream/find')
    await expect(pattern(page)).toHaveAccessibleDescription(/^KAFKA_TOPIC_PATTERN sets the topics/)
    await expect(find(page).getByRole('checkbox')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Read no more' })).toHaveCount(0)
  })

  test('the empty overview offers it', async ({ open }) => {
    const page = await open('preview.html?state=empty#/overview')
    await expect(page.getByText('No topic matches ^metrics- yet.')).toBeVisible()
    await page.keyboard.press('f')
    await expect(find(page)).toContainText('topics with metrics')
  })
})

test('2,000 partitions: the worst lag first, in any other order on demand', async ({ open }) => {
  const page = await open('preview.html?nodes=4&sources=many#/stream/partitions')
  const grid = page.getByRole('grid', { name: 'Partitions' })
  await expect(grid).toHaveAttribute('aria-rowcount', '2001')
  expect(await grid.getByRole('row').count()).toBeLessThan(60)
  const first = grid.getByRole('row').nth(1)
  await expect(first.getByRole('gridcell').nth(4)).not.toHaveText('0')
  await grid.getByRole('button', { name: 'Topic' }).click()
  await expect(first).toContainText('metrics-site-1')
  await expect(first.getByRole('gridcell').nth(4)).toHaveText('0')
  await grid.getByRole('button', { name: 'Rejected' }).click()
  await expect(first.getByRole('gridcell').nth(8)).toHaveText('3')
})

test('rejected messages: reason, text and hex, export, and what was lost', async ({ open }) => {
  const page = await open('preview.html?nodes=4&still')
  await page.getByRole('button', { name: /^Rejected/ }).click()
  await expect(page).toHaveURL(/#\/stream\/rejected$/)
  const message = page.getByRole('region', { name: 'Selected message' })
  await expect(message).toContainText('metrics.cpu_usage: expected number, got "n/a"')
  await message.getByRole('radio', { name: 'Hex' }).click()
  await expect(message.getByLabel('First bytes of the message')).toContainText('7b 22 6e 6f')
  await page.getByRole('row', { name: /not JSON/ }).click()
  await expect(message).toContainText('unexpected end at byte 118')
  await message.getByRole('button', { name: 'Copy' }).click()
  await expect(message.getByRole('button', { name: 'Copied' })).toBeVisible()
  await page.getByRole('button', { name: 'Export' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'remo-rejected.csv' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Gaps' })).toContainText('760 messages from offset 181,204')
})
