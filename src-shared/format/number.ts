/** Narrow no-break space between a number and its unit. */
export const unitSpace = '\u202f'
/** Text for an unknown value. Never 0. */
export const unknownText = '–'
const minus = '\u2212'

/** 97.2 → "97.2 %", 212 → "212 Mbps": percent with one decimal, the rest with one below 100. */
export function formatValue(value: number | null | undefined, unit = ''): string {
  if (!isKnown(value)) return unknownText
  return withUnit(formatNumber(value, unit === '%' || Math.abs(value) < 100 ? 1 : 0), unit)
}

/** A level as it was entered: 95 → "95 %", 97.5 → "97.5 %". At most six decimals. */
export function formatLevel(level: number, unit = ''): string {
  const [whole = '', fraction = ''] = formatNumber(level, 6).split('.')
  const shown = fraction.replace(/0+$/, '')
  return withUnit(shown === '' ? whole : `${whole}.${shown}`, unit)
}

/** 24720 → "24,720". */
export function formatCount(count: number | null | undefined): string {
  return isKnown(count) ? formatNumber(count, 0) : unknownText
}

/** 24720 → "24,720", 0.84 → "0.8": a rate, with one decimal below ten: 0.2 messages/s is a node that works. */
export function formatRate(perSecond: number): string {
  return formatNumber(perSecond, perSecond > 0 && perSecond < 9.95 ? 1 : 0)
}

/** 182000000 → "182 MB": decimal units, three figures. */
export function formatBytes(bytes: number | null | undefined): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'])
}

/** 6200000 → "6.2 M", for counts that need no exact comparison. */
export function formatLargeCount(count: number | null | undefined): string {
  return scaled(count, ['', 'k', 'M', 'G'])
}

/** Fixed decimals, commas for thousands, a real minus sign. From 10^21 on JavaScript's exponent form. */
export function formatNumber(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals)
  if (text.includes('e')) return value < 0 ? minus + text : text
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const shown = fraction === undefined ? grouped : `${grouped}.${fraction}`
  return value < 0 && Number(text) !== 0 ? minus + shown : shown
}

/** Text of a number and its unit. */
function withUnit(text: string, unit: string): string {
  return unit === '' ? text : text + unitSpace + unit
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && !Number.isNaN(value)
}

function scaled(value: number | null | undefined, units: readonly string[]): string {
  if (!isKnown(value)) return unknownText
  let rest = value
  let index = 0
  // 999.5 would appear as 1,000 of the smaller unit.
  while (Math.abs(rest) >= 999.5 && index < units.length - 1) {
    rest /= 1000
    index++
  }
  const decimals = index > 0 && Math.abs(rest) < 9.95 ? 1 : 0
  return withUnit(formatNumber(rest, decimals), units[index] ?? '')
}
