import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { TimeStyle } from '#shared/format/time.ts'

/**
 * How the window writes times. One for all: charts, lists and texts read it wherever they write a time, and are drawn
 * again when it changes.
 */
let current = $state.raw<{ readonly utc: boolean; readonly hour12: boolean; readonly zone: string | undefined }>({
  utc: false,
  hour12: false,
  zone: undefined,
})

/** Takes the time zone and the clock of the settings. */
export function useTimeSettings({ values, system }: SettingsView): void {
  const utc = values['appearance.timeZone'] === 'utc'
  const hour12 = values['appearance.clock'] === 'system' && system.hour12
  const zone = system.timeZone
  if (current.utc === utc && current.hour12 === hour12 && current.zone === zone) return
  current = { utc, hour12, zone }
}

/** Style of a time at that instant. */
export function timeStyleAt(at: number): TimeStyle {
  const { utc, hour12 } = current
  return { offsetMinutes: utc ? 0 : -new Date(at).getTimezoneOffset(), hour12 }
}

/** Whether times are written in UTC. */
export function isUtc(): boolean {
  return current.utc
}

/** Name of the zone in which times are written: `Europe/Zurich`, `UTC`. */
export function timeZone(): string {
  if (current.utc) return 'UTC'
  return current.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}
