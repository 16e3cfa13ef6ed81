export interface LocaleFacts {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the system's settings of region, as Electron reports it. */
  readonly locale: string
}

/**
 * Whether the system writes times of day with AM and PM. On Linux, `LC_ALL`, `LC_TIME` and `LANG` say so, in this order;
 * elsewhere the region does. An unknown locale counts as 24 h.
 */
export function usesHour12({ platform, env, locale }: LocaleFacts): boolean {
  const name = platform === 'linux' ? env['LC_ALL'] || env['LC_TIME'] || env['LANG'] || '' : locale
  const tag = name.replace(/[.@].*$/, '').replaceAll('_', '-')
  if (tag === '' || tag === 'C' || tag === 'POSIX') return false
  try {
    return new Intl.DateTimeFormat(tag, { hour: 'numeric' }).resolvedOptions().hour12 === true
  } catch {
    return false
  }
}
