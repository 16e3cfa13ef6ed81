import dbus, { type Message, type MessageBus } from 'dbus-next'

const { Interface } = dbus.interface
const watcherName = 'org.kde.StatusNotifierWatcher'
/** Docks draw a number for it. */
const launcher = 'com.canonical.Unity.LauncherEntry'

class Watcher extends Interface {
  readonly items: string[] = []

  constructor() {
    super(watcherName)
  }

  RegisterStatusNotifierItem(service: string): void {
    this.items.push(service)
  }

  RegisterStatusNotifierHost(): void {
    // This test is the only host; nothing to store.
  }

  get RegisteredStatusNotifierItems(): string[] {
    return this.items
  }

  get IsStatusNotifierHostRegistered(): boolean {
    return true
  }

  get ProtocolVersion(): number {
    return 0
  }
}

Watcher.configureMembers({
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: dbus.interface.ACCESS_READ },
    IsStatusNotifierHostRegistered: { signature: 'b', access: dbus.interface.ACCESS_READ },
    ProtocolVersion: { signature: 'i', access: dbus.interface.ACCESS_READ },
  },
})

/** An entry of the menu: its id, its properties, and its own entries. */
type MenuNode = [number, Record<string, { value: unknown }>, ReadonlyArray<{ value: MenuNode }>]

export interface TrayEntry {
  readonly id: number
  readonly label: string
  /** With a check mark. */
  readonly isMarked: boolean
  readonly isEnabled: boolean
  /** Entries of its own. */
  readonly items: readonly TrayEntry[]
}

function entryOf([id, properties, items]: MenuNode): TrayEntry {
  return {
    id,
    label: String(properties['label']?.value ?? '').replaceAll('\u202f', ' '),
    isMarked: properties['toggle-state']?.value === 1,
    isEnabled: properties['enabled']?.value !== false,
    items: items.map(({ value }) => entryOf(value)),
  }
}

/** The menu in lines: an indent for entries of an entry, and what is special about one. Without separators. */
export function menuLines(entries: readonly TrayEntry[], indent = ''): string[] {
  return entries
    .filter(({ label }) => label !== '')
    .flatMap(({ label, isMarked, isEnabled, items }) => [
      `${indent}${isMarked ? '✓ ' : ''}${label}${isEnabled ? '' : ' (off)'}`,
      ...menuLines(items, `${indent}  `),
    ])
}

/** The tray of a desktop panel: reads the app's icon over the session bus. */
export class TrayHost {
  readonly #bus: MessageBus
  readonly #watcher = new Watcher()
  #badge: number | undefined

  constructor(busAddress: string) {
    this.#bus = dbus.sessionBus({ busAddress })
  }

  async start(): Promise<this> {
    this.#bus.on('message', (message: Message) => this.#take(message))
    await this.#bus.call(
      new dbus.Message({
        destination: 'org.freedesktop.DBus',
        path: '/org/freedesktop/DBus',
        interface: 'org.freedesktop.DBus',
        member: 'AddMatch',
        signature: 's',
        body: [`type='signal',interface='${launcher}'`],
      }),
    )
    this.#bus.export('/StatusNotifierWatcher', this.#watcher)
    await this.#bus.requestName(watcherName, 0)
    return this
  }

  /** The number on the icon in the dock; 0 without one. `undefined`: the app has not said anything. */
  get badge(): number | undefined {
    return this.#badge
  }

  #take({ interface: name, body }: Message): void {
    if (name !== launcher) return
    const [, facts] = body as [string, Record<string, { value: unknown }>]
    this.#badge = facts['count-visible']?.value === true ? Number(facts['count']?.value) : 0
  }

  /** Tooltip of the newest icon; empty without an icon. */
  async tooltip(): Promise<string> {
    const properties = await this.#properties()
    const tooltip = properties['ToolTip']?.value as [string, unknown, string, string] | undefined
    return tooltip ? [tooltip[2], tooltip[3]].filter(Boolean).join(' ') : ''
  }

  /** Whether the newest icon is still there. */
  async hasIcon(): Promise<boolean> {
    return Object.keys(await this.#properties()).length > 0
  }

  /** Hash of the icon's picture, to detect changes. */
  async picture(): Promise<string> {
    const properties = await this.#properties()
    const pixmaps = (properties['IconPixmap']?.value ?? []) as ReadonlyArray<[number, number, Buffer]>
    return pixmaps
      .map(([width, height, data]) => `${width}x${height}:${Buffer.from(data).toString('base64')}`)
      .join('|')
  }

  /** Entries of the newest icon's menu; none without an icon. */
  async menu(): Promise<readonly TrayEntry[]> {
    if (!(await this.hasIcon())) return []
    const reply = await this.#callMenu('GetLayout', 'iias', [0, -1, []])
    return entryOf(reply[1] as MenuNode).items
  }

  /** Clicks the entry with this label: with more labels, the one below those before. */
  async choose(...labels: ReadonlyArray<string | RegExp>): Promise<void> {
    let entries = await this.menu()
    let entry: TrayEntry | undefined
    for (const label of labels) {
      entry = entries.find((one) => (typeof label === 'string' ? one.label === label : label.test(one.label)))
      if (!entry) throw new Error(`the menu has no entry ${String(label)}`)
      entries = entry.items
    }
    if (!entry?.isEnabled) throw new Error(`${labels.join(' > ')} is disabled`)
    await this.#callMenu('Event', 'isvu', [entry.id, 'clicked', new dbus.Variant('i', 0), 0])
  }

  async #callMenu(member: string, signature: string, body: unknown[]): Promise<unknown[]> {
    const path = (await this.#properties())['Menu']?.value as string
    const [destination = ''] = (this.#watcher.items.at(-1) ?? '').split('/')
    const menu = { destination, path, interface: 'com.canonical.dbusmenu' }
    return (await this.#bus.call(new dbus.Message({ ...menu, member, signature, body })))?.body ?? []
  }

  /** Empty without an icon: the newest one may be that of a program that has ended, before the next one has its own. */
  async #properties(): Promise<Record<string, { value: unknown }>> {
    const service = this.#watcher.items.at(-1)
    if (service === undefined) return {}
    const [destination = '', ...rest] = service.split('/')
    const asked = new dbus.Message({
      destination,
      path: rest.length > 0 ? `/${rest.join('/')}` : '/StatusNotifierItem',
      interface: 'org.freedesktop.DBus.Properties',
      member: 'GetAll',
      signature: 's',
      body: ['org.kde.StatusNotifierItem'],
    })
    const reply = await this.#bus.call(asked).catch(() => undefined)
    return (reply?.body[0] ?? {}) as Record<string, { value: unknown }>
  }

  stop(): void {
    this.#bus.disconnect()
  }
}
