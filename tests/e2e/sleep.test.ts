import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allowSilence } from '../support/node-steps.ts'
import { expect, test } from './fixtures.ts'

const metrics = { cpu_usage: 21.5, memory_usage: 40.1, disk_io: 3.2, network_traffic: 9.9 }

test('after a sleep the console connects again, shows the present, and notifies of nothing', async ({
  launch,
  producer,
  notifications,
}) => {
  await producer.send({ nodeId: 'laptop', at: Date.now(), metrics })
  const console = await launch()
  const window = await console.window()
  const chip = window.getByRole('banner').getByRole('status')
  const cpu = window.getByRole('group', { name: 'laptop CPU' })
  await expect(cpu).toContainText('21.5')
  await expect(chip).toContainText('Live')
  await allowSilence(window)
  const log = (): string => readFileSync(join(console.dataDir, 'logs', 'remo.log'), 'utf8')

  // As Electron does when the system suspends and resumes.
  await console.app.evaluate(({ powerMonitor }) => powerMonitor.emit('suspend'))
  await producer.send({ nodeId: 'laptop', at: Date.now(), metrics: { ...metrics, cpu_usage: 61.5 } })
  await console.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
  await expect.poll(log).toContain('the computer woke up')
  await expect.poll(log).toContain('connecting to kafka again')
  await producer.send({ nodeId: 'laptop', at: Date.now(), metrics: { ...metrics, cpu_usage: 62.5 } })
  await expect(cpu).toContainText('62.5')
  await expect(chip).toContainText('Live')
  await expect(window.getByRole('alert')).toHaveCount(0)
  expect(notifications.displayed()).toBe(0)
})

test('while the screen is locked the window gets no values, and then the present ones', async ({
  launch,
  producer,
}) => {
  await producer.send({ nodeId: 'locked', at: Date.now(), metrics })
  const console = await launch()
  const window = await console.window()
  const cpu = window.getByRole('group', { name: 'locked CPU' })
  await expect(cpu).toContainText('21.5')
  await console.app.evaluate(({ powerMonitor }) => powerMonitor.emit('lock-screen'))
  await producer.send({ nodeId: 'locked', at: Date.now(), metrics: { ...metrics, cpu_usage: 61.5 } })
  await expect.poll(() => console.metric('remo_node_cpu_usage_ratio', 'node="locked"')).toBe(0.615)
  await expect(cpu).toContainText('21.5')
  await console.app.evaluate(({ powerMonitor }) => powerMonitor.emit('unlock-screen'))
  await expect(cpu).toContainText('61.5')
})
