import { expect, test } from 'vitest'
import { closeHint, hiddenHint } from './startup-hints.ts'

const shown = { isOn: true, hasHost: true }
const off = { isOn: false, hasHost: true }
const noHost = { isOn: true, hasHost: false }

test('the close button says what it really does', () => {
  expect(closeHint('tray', shown)).toBe('Closing the window keeps ReMo running, with its notifications.')
  expect(closeHint('tray', off)).toBe('The tray icon is off. Closing the window quits ReMo.')
  expect(closeHint('tray', noHost)).toBe('This desktop shows no tray icons. Closing the window quits ReMo.')
  expect(closeHint('ask', noHost)).toBe('This desktop shows no tray icons. It asks before it quits.')
  expect(closeHint('quit', shown)).toBe('Closing the window quits ReMo.')
})

test('a start in the tray needs an icon', () => {
  expect(hiddenHint(shown)).toBe('ReMo starts without a window.')
  expect(hiddenHint(off)).toBe('The tray icon is off. The window is shown anyway.')
})
