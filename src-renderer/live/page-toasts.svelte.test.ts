import { expect, test } from 'vitest'
import type { Toast } from '#shared/ipc/toast-calls.ts'
import { FakeBridge, okReply } from '../bridge/fake-bridge.ts'
import { PageToasts } from './page-toasts.svelte.ts'

const toast = (tag: string, urgency: Toast['urgency'] = 'normal'): Toast => ({
  tag,
  title: tag,
  body: '',
  urgency,
  isSticky: urgency === 'critical',
  buttons: [],
})

function page(...waiting: readonly Toast[]) {
  const bridge = new FakeBridge({ 'toasts.list': () => okReply([...waiting]), 'toasts.act': () => okReply({}) })
  const toasts = new PageToasts(bridge.api)
  const stop = toasts.follow()
  const tags = () => toasts.shown.map(({ tag }) => tag)
  return { bridge, toasts, stop, tags }
}

test('what waited for a window is shown when it opens', async () => {
  const { tags, stop } = page(toast('a'), toast('b', 'critical'))
  await expect.poll(tags).toEqual(['a', 'b'])
  stop()
})

test('at most three are on the screen: critical ones, then the newest', () => {
  const { bridge, toasts, tags, stop } = page()
  const critical = [toast('c1', 'critical'), toast('c2', 'critical')]
  bridge.push('toasts.changed', [toast('n1'), ...critical, toast('n2'), toast('n3')])
  expect([tags(), toasts.more]).toEqual([['c1', 'c2', 'n3'], 2])
  bridge.push(
    'toasts.changed',
    ['1', '2', '3', '4'].map((tag) => toast(tag, 'critical')),
  )
  expect([tags(), toasts.more]).toEqual([['2', '3', '4'], 1])
  stop()
})

test('an act removes it at once, and the list of the main process counts', async () => {
  const { bridge, toasts, tags, stop } = page()
  bridge.push('toasts.changed', [toast('a'), toast('b')])
  const acted = toasts.act('a', 0)
  expect(tags()).toEqual(['b'])
  await acted
  expect(bridge.requests.at(-1)).toEqual({ call: 'toasts.act', request: { tag: 'a', act: 0 } })
  bridge.push('toasts.changed', [])
  expect(tags()).toEqual([])
  stop()
})
