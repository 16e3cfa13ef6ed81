import { expect, test } from 'vitest'
import type { DesktopPopup } from './desktop-popup.ts'
import { WindowToasts } from './window-toasts.ts'

const acknowledge = { kind: 'acknowledge', alertIds: ['id-1'] } as const
const silence = { kind: 'silence', alertIds: ['id-1'] } as const

function toasts() {
  const pushed: string[][] = []
  const seen: unknown[] = []
  const all = new WindowToasts((list) => pushed.push(list.map(({ tag, title }) => `${tag}: ${title}`)))
  const popup = (tag: string, change: Partial<DesktopPopup> = {}): DesktopPopup => ({
    tag,
    title: tag.toUpperCase(),
    body: '',
    withoutDetails: 'same',
    urgency: 'critical',
    buttons: [
      { label: 'Acknowledge', action: acknowledge },
      { label: 'Silence 1 h', action: silence },
    ],
    onClick: () => seen.push(`open ${tag}`),
    onAction: (action) => seen.push(action),
    onClose: () => seen.push(`close ${tag}`),
    ...change,
  })
  return { all, pushed, seen, popup }
}

test('a toast waits with its buttons until the window asks', () => {
  const { all, popup } = toasts()
  all.show(popup('a', { body: 'Server-Quebec, since 11:56:20.' }))
  all.show(popup('b', { urgency: 'normal', buttons: [] }))
  expect(all.list).toEqual([
    {
      tag: 'a',
      title: 'A',
      body: 'Server-Quebec, since 11:56:20.',
      urgency: 'critical',
      isSticky: true,
      buttons: ['Acknowledge', 'Silence 1 h'],
    },
    { tag: 'b', title: 'B', body: '', urgency: 'normal', isSticky: false, buttons: [] },
  ])
})

test('one replaces another with its tag: a change in its place, a new one at the end', () => {
  const { all, popup, pushed } = toasts()
  all.show(popup('a'))
  all.show(popup('b'))
  all.show(popup('a', { title: 'A 2', isUpdate: true }))
  all.show(popup('a', { title: 'A 3' }))
  expect(pushed.slice(2)).toEqual([
    ['a: A 2', 'b: B'],
    ['b: B', 'a: A 3'],
  ])
})

test('a button does what the popup would do, once; it is gone at once', () => {
  const { all, popup, seen, pushed } = toasts()
  all.show(popup('a'))
  all.act('a', 5)
  all.act('a', 1)
  all.act('a', 0)
  all.act('nothing', 'open')
  expect([seen, pushed.at(-1)]).toEqual([['close a', silence], []])
})

test('opened, closed, and shown for long enough', () => {
  const { all, popup, seen } = toasts()
  for (const act of ['open', 'close', 'timeout'] as const) {
    all.show(popup(act))
    all.act(act, act)
  }
  expect(seen).toEqual(['close open', 'open open', 'close close', 'close timeout'])
  expect(all.list).toEqual([])
})

test('one that is withdrawn is gone, and nothing is pushed for one that is not there', () => {
  const { all, popup, seen, pushed } = toasts()
  all.show(popup('a'))
  all.withdraw('a')
  all.withdraw('a')
  expect([seen, pushed.length]).toEqual([[], 2])
})

test('while the window is closed for a night, critical ones outlast the others', () => {
  const { all, popup } = toasts()
  all.show(popup('critical 0'))
  for (let i = 0; i < 29; i++) all.show(popup(`normal ${i}`, { urgency: 'normal' }))
  for (let i = 1; i <= 40; i++) all.show(popup(`critical ${i}`))
  expect(all.list.map(({ tag }) => tag)).toEqual(Array.from({ length: 30 }, (_, i) => `critical ${i + 11}`))
})
