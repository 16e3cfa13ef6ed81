import { variant } from '../dbus/bus-message.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { isSticky } from './popup-system.ts'

/** What `org.freedesktop.Notifications` says of itself. */
export interface NotificationServer {
  /** Name and version. */
  readonly title: string
  /** Words of the specification, as `actions` and `body-markup`. */
  readonly capabilities: ReadonlySet<string>
}

export interface ServerPopupFacts {
  readonly server: NotificationServer
  /** The server's number of the popup to replace; 0: none. */
  readonly replaces: number
  /** Address of a picture; empty: none. */
  readonly icon: string
}

/** The action that a click on the popup is. */
export const clickKey = 'default'
const buttonKey = /^button-(\d)$/
const urgencies = { low: 0, normal: 1, critical: 2 } as const
/** In the unit of `expire_timeout`, ms. The server's own time is -1. */
const timeouts = { never: 0, own: -1 } as const

/** The arguments of `Notify`. */
export const notifySignature = 'susssasa{sv}i'

/**
 * A popup as a call of `Notify`, for what this server can do. The texts of popups are plain: a server that renders
 * markup gets it escaped, any other one gets it as it is. From the Desktop Notifications Specification 1.3.
 */
export function notifyArguments(popup: DesktopPopup, { server, replaces, icon }: ServerPopupFacts): unknown[] {
  const { title, body, urgency } = popup
  const has = (capability: string): boolean => server.capabilities.has(capability)
  const hints = {
    urgency: variant('y', urgencies[urgency]),
    // Desktops group popups, and keep their settings, by the entry of the program.
    'desktop-entry': variant('s', 'remo'),
    // Servers such as dunst and mako have rules by category.
    category: variant('s', 'x-remo.alert'),
    // ReMo plays its own sounds.
    'suppress-sound': variant('b', true),
    // What has no need of anybody leaves no trace in a list of past notifications.
    ...(urgency === 'low' && { transient: variant('b', true) }),
  }
  return [
    'ReMo',
    replaces,
    icon,
    title,
    has('body-markup') ? escaped(body) : body,
    has('actions') ? actionsOf(popup) : [],
    hints,
    isSticky(popup) ? timeouts.never : timeouts.own,
  ]
}

function actionsOf({ buttons = [] }: DesktopPopup): string[] {
  return [clickKey, 'Open', ...buttons.flatMap(({ label }, at) => [`button-${at}`, label])]
}

/** The button that an action key names; `undefined`: none. */
export function buttonOf({ buttons = [] }: DesktopPopup, key: string): NonNullable<typeof buttons>[number] | undefined {
  const number = buttonKey.exec(key)?.[1]
  return number === undefined ? undefined : buttons[Number(number)]
}

/** The three characters that markup begins with. Not all servers know the names of quotes. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
