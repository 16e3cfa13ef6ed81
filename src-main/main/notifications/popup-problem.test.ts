import { expect, test } from 'vitest'
import { BusError } from '../dbus/bus-error.ts'
import { isServerGone, popupProblem } from './popup-problem.ts'

const refused = (name: string, text = 'text.') => new BusError('refused', text, `org.freedesktop.DBus.Error.${name}`)

test.for([
  [new BusError('no-bus', 'ENOENT'), /^This session has no D-Bus session bus\./],
  [new BusError('closed', 'ended'), /^The D-Bus session bus ended\./],
  [new BusError('no-answer', 'late'), /^dunst did not answer\./],
  [refused('ServiceUnknown'), /^No notification server runs in this session\. Install one, such as dunst/],
  [refused('NameHasNoOwner'), /^No notification server runs/],
  [refused('Spawn.ExecFailed', 'no such file'), /^The notification server does not start: no such file\.$/],
  [refused('NoReply'), /^dunst ended before it answered\.$/],
  [
    refused('AccessDenied', 'Sender is not authorized.'),
    /^dunst refused the notification: Sender is not authorized\.$/,
  ],
  [new TypeError('odd'), /^The notification cannot be sent/],
] as const)('%s', ([error, sentence]) => {
  expect(popupProblem(error, 'dunst')).toMatch(sentence)
})

test('a server that has ended may come back', () => {
  const gone = [new BusError('closed', ''), refused('NoReply'), refused('ServiceUnknown')]
  expect(gone.every(isServerGone)).toBe(true)
  expect([new BusError('no-bus', ''), new BusError('no-answer', ''), refused('AccessDenied')].some(isServerGone)).toBe(
    false,
  )
})
