import { BusError } from '../dbus/bus-error.ts'

/** What the bus answers if no program has the name, and it knows none to start. */
const noServer = new Set(['org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus.Error.NameHasNoOwner'])
/** The server ended before it answered. */
const noReply = 'org.freedesktop.DBus.Error.NoReply'
const cannotStart = /^org\.freedesktop\.DBus\.Error\.(Spawn\..+|TimedOut)$/

/** The server is not there, or has just ended: the next one may be on its way. */
export function isServerGone(error: unknown): boolean {
  if (!(error instanceof BusError)) return false
  return error.kind === 'closed' || noServer.has(error.errorName) || error.errorName === noReply
}

/**
 * Why the notification server shows no popup, and what to do: one or two sentences.
 * @param server its name, if it is known
 */
export function popupProblem(error: unknown, server: string | undefined): string {
  if (!(error instanceof BusError)) return `The notification cannot be sent: ${String(error)}.`
  const name = server ?? 'The notification server'
  switch (error.kind) {
    case 'no-bus':
      return 'This session has no D-Bus session bus. Start ReMo from a desktop session, or by dbus-run-session.'
    case 'closed':
      return 'The D-Bus session bus ended. ReMo connects again when it is back.'
    case 'no-answer':
      return `${name} did not answer. Start it again, or log out and in.`
    case 'refused':
      return refusal(error, name)
  }
}

function refusal({ errorName, message }: BusError, name: string): string {
  if (noServer.has(errorName))
    return 'No notification server runs in this session. Install one, such as dunst or mako, or start the one of your desktop.'
  if (errorName === noReply) return `${name} ended before it answered.`
  if (cannotStart.test(errorName)) return `The notification server does not start: ${withoutStop(message)}.`
  return `${name} refused the notification: ${withoutStop(message)}.`
}

function withoutStop(text: string): string {
  return text.replace(/[.\s]+$/, '')
}
