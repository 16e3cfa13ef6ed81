import { describe, expect, test, vi } from 'vitest'
import { Commands, isTyping, keyLabel, type Command } from './commands.svelte.ts'

const target = (): EventTarget & { press: (key: string, at?: number) => void } => {
  const events = new EventTarget()
  return Object.assign(events, {
    press: (key: string, timeStamp = 0) => {
      const event = Object.assign(new Event('keydown', { cancelable: true }), {
        key,
        code: `Key${key}`,
        repeat: false,
        getModifierState: () => false,
      })
      Object.defineProperty(event, 'timeStamp', { value: timeStamp })
      events.dispatchEvent(event)
    },
  })
}
const aCommand = (change: Partial<Command>): Command => ({
  id: 'x',
  title: 'X',
  group: 'Lists',
  keys: ['x'],
  run: () => undefined,
  ...change,
})

test('a key runs the newest command that applies, and the older one after that was removed', () => {
  const keys = target()
  const commands = new Commands(keys as unknown as Window)
  const [app, view, never] = [vi.fn(), vi.fn(), vi.fn()]
  commands.add([aCommand({ id: 'app', run: app })])
  const remove = commands.add([
    aCommand({ id: 'view', run: view }),
    aCommand({ id: 'never', when: () => false, run: never }),
  ])
  keys.press('x')
  remove()
  keys.press('x')
  expect([app, view, never].map((run) => run.mock.calls.length)).toEqual([1, 1, 0])
})

test('a key that ends a sequence does not run its own command as well', () => {
  const keys = target()
  const commands = new Commands(keys as unknown as Window)
  const [acknowledge, go] = [vi.fn(), vi.fn()]
  commands.add([aCommand({ id: 'a', keys: ['a'], run: acknowledge }), aCommand({ id: 'g a', keys: ['g a'], run: go })])
  keys.press('g')
  keys.press('a')
  expect([acknowledge.mock.calls.length, go.mock.calls.length]).toEqual([0, 1])
  keys.press('a')
  expect(acknowledge.mock.calls.length).toBe(1)
})

describe('a sequence', () => {
  const sequence = () => {
    const keys = target()
    const commands = new Commands(keys as unknown as Window)
    const ran: string[] = []
    const of = (key: string): Command => aCommand({ id: key, keys: [key], run: () => ran.push(key) })
    commands.add(['a', 'o', 'g a', 'g o'].map(of))
    return { keys, commands, ran, of }
  }

  test('goes on when a page adds its commands between two keys', () => {
    const { keys, commands, ran, of } = sequence()
    keys.press('g')
    const remove = commands.add([of('x')])
    remove()
    keys.press('a')
    expect(ran).toEqual(['g a'])
  })

  test('goes by the times of the presses, however late they are handled', () => {
    vi.useFakeTimers()
    const { keys, ran } = sequence()
    keys.press('g', 1000)
    vi.advanceTimersByTime(60_000)
    keys.press('a', 2000)
    keys.press('g', 5000)
    keys.press('a', 6001)
    vi.useRealTimers()
    expect(ran).toEqual(['g a', 'a'])
  })

  test('begins anew with its first key, and ends with its last or with another one', () => {
    const { keys, ran } = sequence()
    for (const key of ['g', 'g', 'Shift', 'a', 'o', 'g', 'x', 'a']) keys.press(key)
    expect(ran).toEqual(['g a', 'o', 'a'])
  })
})

test('the key on a button comes from the command', () => {
  const commands = new Commands(target() as unknown as Window)
  commands.add([aCommand({ id: 'help', keys: ['[Shift]+?'] })])
  expect([commands.keyOf('help'), commands.keyOf('unknown'), keyLabel('g o')]).toEqual(['?', undefined, 'g o'])
})

test.for([
  ['a letter in a field', { closest: (selector: string) => selector.startsWith('input') }, 'a', true],
  ['a letter on a button', { closest: (selector: string) => selector.startsWith('button') }, 'a', false],
  ['Space on a button', { closest: (selector: string) => selector.startsWith('button') }, ' ', true],
  ['Space on the page', { closest: () => null }, ' ', false],
] as const)('%s: the focused element gets the key: %o', ([, element, key, ignored]) => {
  const event = { target: element, key, isComposing: false, repeat: false, defaultPrevented: false }
  expect(isTyping(event as unknown as KeyboardEvent)).toBe(ignored)
})

test.for(['k', 's', 'S'])('Ctrl+%s is no text, so a field does not keep it', (key) => {
  const field = { closest: (selector: string) => selector.startsWith('input') }
  const event = { target: field, key, ctrlKey: true, isComposing: false, repeat: false, defaultPrevented: false }
  expect(isTyping(event as unknown as KeyboardEvent)).toBe(false)
})
