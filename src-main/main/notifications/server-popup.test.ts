import { expect, test } from 'vitest'
import type { DesktopPopup } from './desktop-popup.ts'
import { buttonOf, notifyArguments } from './server-popup.ts'

const popup: DesktopPopup = {
  tag: 'a',
  title: 'node <b>1</b> & "2"',
  body: 'disk <b>&"\'',
  withoutDetails: 'same',
  urgency: 'critical',
  buttons: [
    { label: 'Acknowledge', action: { kind: 'acknowledge', alertIds: ['1'] } },
    { label: 'Open', action: { kind: 'open' } },
  ],
  onClick: () => undefined,
}

function call(over: Partial<DesktopPopup> = {}, ...capabilities: string[]) {
  const server = { title: 'test 1', capabilities: new Set(capabilities) }
  const [, replaces, icon, summary, body, actions, hints, timeout] = notifyArguments(
    { ...popup, ...over },
    { server, replaces: 7, icon: 'file:///icon.png' },
  )
  const values = Object.entries(hints as Record<string, { value: unknown }>).map(([key, { value }]) => [key, value])
  return { replaces, icon, summary, body, actions, hints: Object.fromEntries(values) as object, timeout }
}

test('a server with markup gets the body escaped; the summary is plain everywhere', () => {
  expect(call({}, 'body-markup')).toMatchObject({ summary: popup.title, body: 'disk &lt;b&gt;&amp;"\'' })
  expect(call()).toMatchObject({ summary: popup.title, body: popup.body })
})

test('buttons and the click are actions, where the server has them', () => {
  expect(call({}, 'actions').actions).toEqual(['default', 'Open', 'button-0', 'Acknowledge', 'button-1', 'Open'])
  expect(call().actions).toEqual([])
})

test.for([
  ['critical', undefined, 2, 0],
  ['critical', false, 2, -1],
  ['normal', undefined, 1, -1],
  ['normal', true, 1, 0],
  ['low', undefined, 0, -1],
] as const)('%s, sticky %s: urgency %i, timeout %i', ([urgency, isSticky, level, timeout]) => {
  const sent = call({ urgency, ...(isSticky !== undefined && { isSticky }) })
  expect(sent).toMatchObject({ hints: { urgency: level, 'suppress-sound': true }, timeout })
  expect('transient' in sent.hints).toBe(urgency === 'low')
})

test('an action names its button', () => {
  expect(buttonOf(popup, 'button-1')?.label).toBe('Open')
  expect(['default', 'button-7', 'button-', ''].map((key) => buttonOf(popup, key))).toEqual(Array(4).fill(undefined))
})
