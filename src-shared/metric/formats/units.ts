import { messageLimits } from '../message.ts'

/** Words at the end of a name, and the unit that they say. */
const suffixes: ReadonlyMap<string, string> = new Map([
  ['percent', '%'],
  ['percentage', '%'],
  ['pct', '%'],
  ['bytes', 'B'],
  ['octets', 'B'],
  ['bits', 'bit'],
  ['seconds', 's'],
  ['milliseconds', 'ms'],
  ['ms', 'ms'],
  ['microseconds', 'µs'],
  ['us', 'µs'],
  ['nanoseconds', 'ns'],
  ['ns', 'ns'],
  ['celsius', '°C'],
  ['hertz', 'Hz'],
  ['hz', 'Hz'],
  ['mhz', 'MHz'],
  ['volts', 'V'],
  ['amperes', 'A'],
  ['watts', 'W'],
  ['joules', 'J'],
  ['rpm', 'rpm'],
  ['bps', 'bit/s'],
  ['mbps', 'Mbps'],
  ['kb', 'kB'],
  ['mb', 'MB'],
  ['gb', 'GB'],
  ['kib', 'KiB'],
  ['mib', 'MiB'],
  ['gib', 'GiB'],
])
/** `read_bytes_total`, `bytes_per_second`: what stands behind the word of the unit. */
const behindUnit = /_(?:total|sum|per_sec(?:ond)?)$/
/** Sizes of memory and storage whose names have no unit. */
const memorySize = /(?:^|_)(?:memory|mem|swap)_(?:total|used|free|available|usage|limit|rss|cache|max_usage)$/

/**
 * The unit that the end of a name says, such as `B` of `read_bytes_total`; '' if it says none. Of a counter: the unit of
 * what it counts, see `rateUnit`.
 */
export function unitOfName(name: string): string {
  const lower = name.toLowerCase()
  if (memorySize.test(lower)) return 'B'
  const isRate = /_per_sec(?:ond)?$/.test(lower)
  const words = lower.replace(behindUnit, '').split(/[^a-z0-9]+/)
  const unit = words.length > 1 || lower.length > 2 ? suffixes.get(words.at(-1) ?? '') : undefined
  if (unit === undefined) return isRate ? '/s' : ''
  return isRate ? rateUnit(unit) : unit
}

/** The unit of a counter's rate: `B/s` of `B`, `/s` of a number of things. */
export function rateUnit(unit: string): string {
  return `${unit}/s`
}

const ucumWords: ReadonlyMap<string, string> = new Map([
  ['1', ''],
  ['By', 'B'],
  ['kBy', 'kB'],
  ['KBy', 'kB'],
  ['MBy', 'MB'],
  ['GBy', 'GB'],
  ['TBy', 'TB'],
  ['KiBy', 'KiB'],
  ['MiBy', 'MiB'],
  ['GiBy', 'GiB'],
  ['TiBy', 'TiB'],
  ['Cel', '°C'],
  ['[degF]', '°F'],
  ['us', 'µs'],
  ['mo', 'months'],
  ['a', 'years'],
])

/**
 * A UCUM unit of OTLP as ReMo shows it: `By` is `B`, `Cel` is `°C`, `1` and annotations such as `{request}` are ''. An
 * unknown unit stays as it is; one that is too long is ''.
 * @see https://ucum.org/ucum
 */
export function ucumUnit(unit: string): string {
  const plain = unit.length > 64 ? '' : unit.replaceAll(/\{[^{}]*\}/g, '')
  const [above = '', ...below] = plain.split('/')
  const words = [above, ...below].map((word) => ucumWords.get(word) ?? word)
  const shown = words.join('/')
  return cleanUnit(shown === '/' ? '' : shown)
}

/** A unit of a message, or '' if ReMo cannot store it. `percentage` and `percent` are `%`. */
export function cleanUnit(unit: string): string {
  if (unit === 'percentage' || unit === 'percent' || unit === 'pct') return '%'
  const isFine = unit.length <= messageLimits.unit && unit.isWellFormed() && !unit.includes('\0')
  return isFine ? unit : ''
}

/** Whether a metric is a share of 1 by its name, as Prometheus and Vector name them. ReMo stores it as a percentage. */
export function isRatioName(name: string): boolean {
  return name.endsWith('_ratio')
}
