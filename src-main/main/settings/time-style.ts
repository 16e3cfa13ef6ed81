import { app } from 'electron'
import type { TimeStyle } from '#shared/format/time.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { usesHour12 } from './hour12.ts'

/** How a time at that instant is written in tray, notifications and files. As in the window. */
export function timeStyleAt(values: SettingValues, at: number): TimeStyle {
  return {
    offsetMinutes: offsetMinutesAt(values, at),
    hour12: values['appearance.clock'] === 'system' && systemHour12(),
  }
}

/** Minutes east of UTC at that instant, in the chosen zone. */
function offsetMinutesAt(values: SettingValues, at: number): number {
  return values['appearance.timeZone'] === 'utc' ? 0 : -new Date(at).getTimezoneOffset()
}

let known: boolean | undefined

/** Whether the system writes times of day with AM and PM. It cannot change while ReMo runs. */
export function systemHour12(): boolean {
  known ??= usesHour12({ platform: process.platform, env: process.env, locale: app.getSystemLocale() })
  return known
}
