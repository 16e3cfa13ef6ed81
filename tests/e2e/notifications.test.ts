import { allowSilence, breach, calm, hot, openWithNode, showNode } from '../support/node-steps.ts'
import { addCpuThreshold, breachUntilAlert } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// Popups in the notification daemon, after their alerts have changed.

test.use({ nodes: ['over-1', 'over-2', 'over-3', 'many-1', 'many-2', 'many-3'] })

test('an alert that resolves takes its notification off the screen', async ({ launch, producer, notifications }) => {
  const { window } = await openWithNode(launch, producer, 'over-1')
  await addCpuThreshold(window, 'over-1')
  await breach(window, producer, 'over-1')
  await expect.poll(() => notifications.displayed()).toBe(1)
  await producer.send({ nodeId: 'over-1', at: Date.now(), metrics: calm })
  await expect.poll(() => notifications.displayed()).toBe(0)
})

test('an edited threshold leaves one notification, with the new level', async ({ launch, producer, notifications }) => {
  const { window } = await openWithNode(launch, producer, 'over-2')
  await addCpuThreshold(window, 'over-2')
  await breach(window, producer, 'over-2')
  await expect.poll(() => notifications.displayed()).toBe(1)

  await window.getByRole('link', { name: 'Thresholds' }).click()
  await window.getByRole('row').filter({ hasText: 'over-2' }).click()
  const editor = window.getByRole('form', { name: /CPU usage, over-2/ })
  await editor.getByLabel('Critical').fill('92.5')
  await editor.getByRole('button', { name: 'Save threshold' }).click()
  await window.getByRole('link', { name: 'Alerts' }).click()
  await expect(async () => {
    await producer.send({ nodeId: 'over-2', at: Date.now(), metrics: hot })
    await expect(window.getByRole('grid', { name: 'Alerts' })).toContainText('92.5', { timeout: 1000 })
  }).toPass({ timeout: 30_000 })
  await expect.poll(() => notifications.calls().length).toBe(2)
  await expect.poll(() => notifications.displayed()).toBe(1)
  expect(notifications.collect()[0]?.summary).toMatch(/over-2.*92\.5/)
})

test('alerts of several thresholds are one notification each, and go one by one', async ({
  launch,
  producer,
  notifications,
}) => {
  test.setTimeout(150_000)
  const nodes = ['many-1', 'many-2', 'many-3']
  const console = await launch()
  const window = await console.window()
  await allowSilence(window)
  for (const node of nodes) await showNode(window, producer, node)
  for (const node of nodes) await addCpuThreshold(window, node)
  const sendAll = async (list: readonly string[], metrics: typeof hot): Promise<void> => {
    await Promise.all(list.map((nodeId) => producer.send({ nodeId, at: Date.now(), metrics })))
  }
  const criticals = () => console.metric('remo_alerts', 'severity="critical",state="firing"')
  await expect(async () => {
    await sendAll(nodes, hot)
    expect(await criticals()).toBe(3)
  }).toPass({ timeout: 60_000 })
  const gone = (): string[] => {
    const titles = notifications.closed().map(({ summary }) => summary)
    return titles.flatMap((title) => /^\[CRITICAL\] (many-\d) CPU/.exec(title)?.[1] ?? []).toSorted()
  }
  // The first comes at once, the others after the wait of their group.
  await expect.poll(() => notifications.displayed()).toBe(3)
  await sendAll(nodes.slice(0, 2), calm)
  await expect.poll(criticals).toBe(1)
  await expect.poll(gone).toEqual(nodes.slice(0, 2))
  await sendAll(nodes, calm)
  await expect.poll(gone).toEqual(nodes)
})

test('a name with markup is shown as it is, and a button acknowledges', async ({ launch, producer, notifications }) => {
  const { console, window } = await openWithNode(launch, producer, 'over-3')
  await addCpuThreshold(window, 'over-3')
  const nodeName = 'Rack <b>7</b> & more'
  await breachUntilAlert(
    window,
    () => producer.send({ nodeId: 'over-3', nodeName, at: Date.now(), metrics: hot }),
    'over-3',
  )
  await expect.poll(() => notifications.displayed()).toBe(1)
  await expect.poll(() => notifications.calls().at(-1)).toMatchObject({ urgency: 'critical', isSticky: true })
  const [call] = notifications.calls()
  expect(call?.buttons).toEqual(['Acknowledge', 'Silence 1 h', 'Open'])
  // dunst renders the body as markup. The title is plain.
  expect(call?.body).toContain('Rack &lt;b&gt;7&lt;/b&gt; &amp; more')
  notifications.press('Acknowledge')
  await expect.poll(() => notifications.displayed()).toBe(0)
  await expect.poll(() => console.metric('remo_alerts', 'severity="critical",state="acknowledged"')).toBe(1)
})
