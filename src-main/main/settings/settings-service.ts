import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { schemaMessage } from '#shared/format/schema-message.ts'
import { appSettings, isFixed, settingKeys } from '#shared/settings/app-settings.ts'
import type { SettingKey, SettingValues } from '#shared/settings/app-settings.ts'
import { effectiveSettings } from '#shared/settings/effective-settings.ts'
import type { EffectiveSettings, FixedSettings } from '#shared/settings/effective-settings.ts'
import { withSetting } from '#shared/settings/settings-file.ts'
import type { SettingsFile } from '#shared/settings/settings-file.ts'
import { CallError } from '../../threads/call-error.ts'
import type { SettingsFileStore } from './settings-file-store.ts'

/** Hears of settings whose value in force has changed. */
export type SettingsListener = (changed: ReadonlySet<SettingKey>) => void

/** The settings in force: flags, variables and settings.json. Tells everyone who must act on a change, at once. */
export class SettingsService {
  readonly store: SettingsFileStore
  readonly #fixed: FixedSettings
  readonly #listeners = new Set<SettingsListener>()
  #effective: EffectiveSettings

  constructor(store: SettingsFileStore, fixed: FixedSettings) {
    this.store = store
    this.#fixed = fixed
    this.#effective = effectiveSettings(fixed, store.file.values)
  }

  get values(): SettingValues {
    return this.#effective.values
  }

  get sources(): EffectiveSettings['sources'] {
    return this.#effective.sources
  }

  /** One sentence for each value of the file that cannot be used, and for a file that was none. */
  get problems(): readonly string[] {
    const { file, path: whole, movedAside } = this.store
    const values = file.problems.map(({ path, message }) => `${path}: ${message}.`)
    if (movedAside === undefined) return values
    return [
      `${whole} was no settings file. It is now ${movedAside}, and all settings were reset to defaults.`,
      ...values,
    ]
  }

  onChange(listener: SettingsListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @throws CallError if the value is wrong, fixed, or cannot be stored */
  set(key: SettingKey, value: unknown): void {
    const source = this.sources[key]
    if (isFixed(source) && 'name' in source)
      throw new CallError('conflict', `${source.name} fixes this setting. Change or remove it, and restart ReMo.`)
    const schema = appSettings[key].schema as z.ZodType<SettingValues[SettingKey]>
    const parsed = schema.safeParse(value, { error: schemaMessage })
    if (!parsed.success) throw new CallError('bad-request', sentence(parsed.error.issues[0]?.message))
    this.#store((file) => withSetting(file, key, parsed.data as never))
  }

  /** Removes the settings that begin with `group.` from the file. */
  reset(group: string): void {
    const keys = settingKeys.filter((key) => key.startsWith(`${group}.`))
    this.#store((file) => keys.reduce((before, key) => withSetting(before, key, undefined), file))
  }

  /** Changes the connections of the file. Listeners hear of it, without a changed setting. */
  changeConnections(edit: (file: SettingsFile) => SettingsFile): void {
    this.#store(edit)
  }

  /** Creates the file if there is none, so that an editor can open it. */
  ensureFile(): void {
    this.#store((file) => file)
  }

  /** Follows changes of the file by others. @returns stops following */
  follow(): () => void {
    return this.store.follow(() => this.#take())
  }

  /** Takes the file as it is now, and tells the listeners what has changed. */
  #take(): void {
    const before = this.values
    this.#effective = effectiveSettings(this.#fixed, this.store.file.values)
    const changed = new Set(settingKeys.filter((key) => !isDeepStrictEqual(this.values[key], before[key])))
    for (const listener of this.#listeners) listener(changed)
  }

  #store(edit: Parameters<SettingsFileStore['change']>[0]): void {
    try {
      this.store.change(edit)
    } catch (cause) {
      throw new CallError('failed', cause instanceof Error ? cause.message : String(cause))
    }
    this.#take()
  }
}

function sentence(message = 'the value is wrong'): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}
