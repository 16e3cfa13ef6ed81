import { exactScale, unitScale, type UnitScale } from './unit-scale.ts'

/** Narrow no-break space between a number and its unit. */
export const unitSpace = '\u202f'
/** Text for an unknown value. Never 0. */
export const unknownText = '–'
const minus = '\u2212'
/** Figures of a scaled number, and of one in exponent form. */
const figures = 3
/** Enough digits to write any double exactly enough to read it back. */
const mostFigures = 17

/**
 * 97.2 → "97.2 %", 212 → "212 Mbps", 123457 → "123 GB/s" of MB/s. Percent has one decimal below 1000, the rest below
 * 100. Below 1, the first two figures that are not 0 are kept: 0.0012 is never "0.0".
 */
export function formatValue(value: number | null | undefined, unit = ''): string {
  if (!isKnown(value)) return unknownText
  const scale = unitScale(value, unit)
  return withUnit(numberText(value, scale, decimalsOf(value, scale)), scale.unit)
}

/** As `formatValue`, but whole from 10 on: "CPU 43 %". For places with little room. */
export function formatShortValue(value: number | null | undefined, unit = ''): string {
  if (!isKnown(value)) return unknownText
  const scale = unitScale(value, unit)
  const decimals = decimalsOf(value, scale)
  return withUnit(numberText(value, scale, scale.factor === 1 && Math.abs(value) >= 9.95 ? 0 : decimals), scale.unit)
}

/**
 * A value that stands next to levels, in as many digits as show on which side of them it is: 95.04 beside 95 is
 * "95.04 %". A value that differs from a level never has its text.
 */
export function formatValueBeside(value: number, levels: readonly number[], unit = ''): string {
  if (levels.includes(value)) return formatLevel(value, unit)
  const scale = unitScale(value, unit)
  const levelTexts = levels.map((level) => formatLevel(level, unit))
  const fewest = decimalsOf(value, scale)
  for (let more = 0; more <= mostFigures; more++) {
    const number = numberText(value, scale, fewest + more)
    const text = withUnit(number, scale.unit)
    const shown = numberOf(number) * scale.factor
    const isRightSide = levels.every((level) => Math.sign(shown - level) === Math.sign(value - level))
    if (isRightSide && !levelTexts.includes(text)) return text
  }
  return withUnit(exactText(value), unit)
}

/** A level as it was entered: 95 → "95 %", 97.5 → "97.5 %", 0.0000001 → "1e−7". Scaled only if no digit is lost. */
export function formatLevel(level: number, unit = ''): string {
  const scale = exactScale(level, unit)
  return withUnit(exactText(level / scale.factor), scale.unit)
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

/** 1.7e308 → "1.7e+308", with at most `decimals` decimals. */
function formatExponent(value: number, decimals: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(Math.min(100, decimals)).split('e')
  return `${withoutZeros(mantissa)}e${exponent}`.replaceAll('-', minus)
}

/** Decimals of a scaled number, or those of the mantissa in exponent form. */
function decimalsOf(value: number, scale: UnitScale): number {
  // Rounded first: 99.96 GB/s appears as 100.
  const size = Number((Math.abs(value) / scale.factor).toPrecision(figures))
  if (scale.exponent) return figures - 1
  if (size === 0) return 1
  if (scale.factor !== 1) return Math.max(0, figures - 1 - Math.floor(Math.log10(size)))
  if (size < 1) return Math.max(1, 1 - Math.floor(Math.log10(size)))
  return size < (scale.unit === '%' ? 1000 : 100) ? 1 : 0
}

function numberText(value: number, scale: UnitScale, decimals: number): string {
  if (scale.exponent) return formatExponent(value, decimals)
  const number = formatNumber(value / scale.factor, decimals)
  // 0.50 is 0.5: two figures below 1 are for numbers that have them.
  return Math.abs(value) < 1 ? withoutZeros(number, 1) : number
}

/** At most 15 figures, so that 0.1 + 0.2 is "0.3", with commas for thousands. */
function exactText(value: number): string {
  const rounded = Number(value.toPrecision(15))
  const text = String(rounded)
  if (text.includes('e')) return text.replaceAll('-', minus)
  return formatNumber(rounded, text.split('.')[1]?.length ?? 0)
}

/** "1.50" → "1.5" and "2.00" → "2", with at least `fewest` decimals. */
function withoutZeros(text: string, fewest = 0): string {
  const [whole = '', fraction = ''] = text.split('.')
  const shown = fraction.replace(/0+$/, '').padEnd(fewest, '0')
  return shown === '' ? whole : `${whole}.${shown}`
}

/** The number that a text shows. */
function numberOf(text: string): number {
  return Number(text.replaceAll(',', '').replaceAll(minus, '-'))
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
