import type { ZoneOffset } from '#shared/format/zone-time.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'

/** Offsets of this computer's own zone. */
export const localOffset: ZoneOffset = (at) => -new Date(at).getTimezoneOffset()

/** Offsets of the zone in which ReMo writes times. */
export function shownOffset(values: SettingValues): ZoneOffset {
  return values['appearance.timeZone'] === 'utc' ? () => 0 : localOffset
}

/** Offsets of an IANA zone, or of this computer's (`local`). `undefined`: this computer does not know the zone. */
export function zoneOffset(zone: string): ZoneOffset | undefined {
  if (zone === 'local') return localOffset
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    return (at) => {
      const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
      return Math.round((Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000) / 60_000)
    }
  } catch {
    return undefined
  }
}
