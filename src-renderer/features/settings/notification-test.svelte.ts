import type { Bridge } from '../../bridge/bridge.ts'

/** The test notification, and what the desktop said to the last one. */
export class NotificationTest {
  readonly #bridge: Bridge
  running = $state(false)
  result = $state.raw<{ readonly ok: boolean; readonly text: string }>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** @returns whether the desktop showed it */
  readonly send = async (): Promise<boolean> => {
    this.running = true
    this.result = undefined
    const reply = await this.#bridge['notifications.test']({})
    this.running = false
    const ok = reply.ok && reply.value.shown
    this.result = ok
      ? { ok, text: 'The desktop accepted it. If you do not see it, look at the settings below.' }
      : { ok, text: `Not shown. ${reply.ok ? (reply.value.problem ?? '') : reply.error.message}`.trim() }
    return ok
  }
}

/** Where the system's own settings of notifications are. `platform` as in Node. */
export function systemSettingsOf(platform: string): string {
  if (platform === 'darwin') return 'System Settings > Notifications > ReMo.'
  if (platform === 'win32') return 'Settings > System > Notifications > ReMo. Focus hides notifications, too.'
  return 'Settings of the desktop > Notifications > ReMo. Do Not Disturb there hides all of them.'
}
