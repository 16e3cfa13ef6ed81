import type { SettingValues } from '../settings/app-settings.ts'

/** When a console reports about itself. */
export interface OwnAlertSettings {
  readonly lagWarningSeconds: number
  readonly lagForSeconds: number
  readonly lagCriticalSeconds: number
  /** Rejected records a minute; `undefined`: any number is fine. */
  readonly rejectsPerMinute: number | undefined
  /** `undefined`: a backend may be away for as long as it likes. */
  readonly backendAwayMinutes: number | undefined
}

const keys = [
  'monitoring.lagWarningSeconds',
  'monitoring.lagForSeconds',
  'monitoring.lagCriticalSeconds',
  'monitoring.rejectsAlert',
  'monitoring.rejectsPerMinute',
  'monitoring.backendAwayMinutes',
] as const

type OwnSettingValues = Pick<SettingValues, (typeof keys)[number]>

/** The settings that `ownAlertSettings` reads. */
export const ownSettingKeys: ReadonlySet<string> = new Set(keys)

export function ownAlertSettings(values: OwnSettingValues): OwnAlertSettings {
  return {
    lagWarningSeconds: values['monitoring.lagWarningSeconds'],
    lagForSeconds: values['monitoring.lagForSeconds'],
    lagCriticalSeconds: values['monitoring.lagCriticalSeconds'],
    rejectsPerMinute: values['monitoring.rejectsAlert'] ? values['monitoring.rejectsPerMinute'] : undefined,
    backendAwayMinutes: values['monitoring.backendAwayMinutes'] || undefined,
  }
}
