import type { ZoneOffset } from '#shared/format/zone-time.ts'

/** Minutes east of UTC in an IANA zone, with its rules of daylight saving time. UTC for a name that is no zone. */
export function zoneOffset(zone: string): ZoneOffset {
  const format = formatOf(zone)
  if (format === undefined) return () => 0
  let known: readonly [minute: number, offset: number] | undefined
  return (at) => {
    const minute = Math.floor(at / 60_000)
    if (known?.[0] !== minute) known = [minute, offsetIn(format, at)]
    return known[1]
  }
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch {
    return undefined
  }
}

/** `GMT+05:30` → 330; `GMT` → 0. */
function offsetIn(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** All zones that this computer knows, UTC first. */
export function allZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
}
