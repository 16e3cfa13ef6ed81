import { appSettings, settingKeys } from './app-settings.ts'
import type { SettingKey, SettingSource, SettingValues } from './app-settings.ts'

/** Values that flags and variables fix for this start. */
export type FixedSettings = {
  readonly [K in SettingKey]?: { readonly value: SettingValues[K]; readonly source: SettingSource }
}

/** The value in force, and where it is from. */
export interface EffectiveSettings {
  readonly values: SettingValues
  readonly sources: Readonly<Record<SettingKey, SettingSource>>
}

/** Flag, then variable, then file, then default. `fixed` has the flags and variables. */
export function effectiveSettings(fixed: FixedSettings, file: Partial<SettingValues>): EffectiveSettings {
  const values: Partial<Record<SettingKey, unknown>> = {}
  const sources: Partial<Record<SettingKey, SettingSource>> = {}
  for (const key of settingKeys) {
    const given = fixed[key]
    values[key] = given?.value ?? file[key] ?? appSettings[key].initial
    sources[key] = given?.source ?? { kind: file[key] === undefined ? 'default' : 'file' }
  }
  return { values: values as SettingValues, sources: sources as Record<SettingKey, SettingSource> }
}
