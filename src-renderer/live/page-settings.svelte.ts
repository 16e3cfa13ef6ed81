import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { IpcResult } from '#shared/ipc/contract.ts'
import { initialSettings, isFixed } from '#shared/settings/app-settings.ts'
import type { SettingKey, SettingSource, SettingValues } from '#shared/settings/app-settings.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'
import { useTimeSettings } from './time-style.svelte.ts'

/** The settings in force. A change is a call; its result and changes by others arrive as the whole view. */
export class PageSettings {
  readonly #bridge: Bridge
  /** `undefined` until the first reply. */
  view = $state.raw<SettingsView>()
  /** Why the last change of a setting was refused, one sentence each. */
  problems = $state.raw<Readonly<Partial<Record<SettingKey, string>>>>({})
  /** Why the last request that belongs to no setting failed. */
  problem = $state<string>()
  #lastChange: Promise<unknown> = Promise.resolve()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Defaults until the first reply. */
  readonly values: SettingValues = $derived(this.view?.values ?? initialSettings)

  source(key: SettingKey): SettingSource | undefined {
    return this.view?.sources[key]
  }

  /** Whether the operator cannot change it here: a flag or variable fixes it, or nothing is known yet. */
  locked(key: SettingKey): boolean {
    const source = this.source(key)
    return source === undefined || isFixed(source)
  }

  /**
   * Changes a part of a value. It waits for earlier changes, so a change that is made while another one is on its way
   * keeps both.
   * @param change the new value from the one that is then in force
   */
  change<K extends Exclude<SettingKey, 'stream.mappings'>>(
    key: K,
    change: (now: SettingValues[K]) => SettingValues[K],
  ): Promise<boolean> {
    const changed = this.#lastChange.then(() => this.set(key, change(this.values[key])))
    this.#lastChange = changed.catch(() => undefined)
    return changed
  }

  /** Mappings have calls of their own. @returns whether the value is now in force. If not, `problems` has the reason. */
  async set<K extends Exclude<SettingKey, 'stream.mappings'>>(
    key: K,
    value: SettingValues[K] | string,
  ): Promise<boolean> {
    const result = await this.#bridge['settings.set']({ key, value })
    const { [key]: _, ...others } = this.problems
    this.problems = result.ok ? others : { ...others, [key]: result.error.message }
    if (result.ok) this.#take(result.value)
    return result.ok
  }

  /** Default values for the settings that begin with `group.` */
  async reset(group: string): Promise<void> {
    const result = await this.#bridge['settings.reset']({ group })
    this.#settle(result)
    if (!result.ok) return
    this.problems = Object.fromEntries(Object.entries(this.problems).filter(([key]) => !key.startsWith(`${group}.`)))
    this.#take(result.value)
  }

  readonly openFile = async (): Promise<void> => {
    this.#settle(await this.#bridge['settings.openFile']({}))
  }

  /** Asks again for what the system says. Settings arrive by themselves. */
  async refresh(): Promise<void> {
    const result = await this.#bridge['settings.get']({})
    if (result.ok) this.#take(result.value)
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const stops = [
      bridge.on('settings.changed', (view) => this.#take(view)),
      retryUntilOk(
        () => bridge['settings.get']({}),
        (view) => {
          if (this.view === undefined) this.#take(view)
        },
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  #take(view: SettingsView): void {
    useTimeSettings(view)
    this.view = view
  }

  #settle(result: IpcResult<unknown>): void {
    this.problem = result.ok ? undefined : result.error.message
  }
}
