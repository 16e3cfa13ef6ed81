import { dayMs, hourMs, secondMs } from './time-units.ts'

/** How a number is shown: divided by `factor`, with `unit` after it. */
export interface UnitScale {
  readonly factor: number
  readonly unit: string
  /** No prefix reaches this number: 1.7e+308. `factor` is 1. */
  readonly exponent?: true
}

/** Numbers that would appear with six digits are scaled. Five are read at a glance, and 1,500 MB/s stays as it was sent. */
const scaleFrom = 99_999.5
/** Numbers without a prefix, such as percentages, become exponents from seven digits on. */
const exponentFrom = 999_999.5
/** So do numbers after the largest prefix from four digits on. */
const exponentFromPrefixed = 999.5
/** Below this, decimals are only zeros: 1.2e−5. */
const exponentBelow = 1e-4

const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E']
const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
/** Units of time have no prefixes above the second. */
const timeUnits = [
  { unit: 'ns', ms: 1e-6 },
  { unit: 'µs', ms: 1e-3 },
  { unit: 'ms', ms: 1 },
  { unit: 's', ms: secondMs },
  { unit: 'h', ms: hourMs },
  { unit: 'd', ms: dayMs },
]
/** Ratios, temperatures and logarithms: kilo-percent is no unit. */
const withoutPrefix = /^[%‰°℃℉]|^dB/
const decimalUnit = /^([kKMGTPE]?)(B|Bps|bit|bits|b|bps|Hz|W|Wh|V|A|VA|J)(\/\p{Letter}+)?$/u
const binaryUnit = /^([KMGTPE]i)(B|Bps|bit|b|bps)(\/\p{Letter}+)?$/u
const words: Readonly<Record<string, string>> = { byte: 'B', bytes: 'B', 'bytes/s': 'B/s', us: 'µs' }

/** Steps of one unit, smallest first. `own` is the one that the values have. */
interface Steps {
  readonly own: number
  readonly factors: readonly number[]
  readonly units: readonly string[]
  /** Numbers of the last unit are exponents from here on. */
  readonly most: number
}

/** The scale of a value, or of an axis whose greatest absolute value is `value`. */
export function unitScale(value: number, unit: string): UnitScale {
  const size = Math.abs(value)
  if (size < scaleFrom)
    return size > 0 && size < exponentBelow ? { factor: 1, unit, exponent: true } : { factor: 1, unit }
  const steps = stepsOf(unit)
  const scale = largestStep(size, steps) ?? { factor: 1, unit }
  const most = scale.factor === 1 ? exponentFrom : (steps?.most ?? exponentFrom)
  return size / scale.factor < most ? scale : { factor: 1, unit, exponent: true }
}

/** As `unitScale`, but only if the scaled number is exact: a level must be shown as it was entered. */
export function exactScale(level: number, unit: string): UnitScale {
  const { factor, unit: scaledUnit, exponent } = unitScale(level, unit)
  const isExact = exponent === undefined && Number((level / factor).toPrecision(15)) * factor === level
  return isExact ? { factor, unit: scaledUnit } : { factor: 1, unit }
}

/** The largest step whose number has at least one whole digit. 999.5 would appear as 1,000 of the smaller one. */
function largestStep(size: number, steps: Steps | undefined): UnitScale | undefined {
  if (steps === undefined) return undefined
  const own = steps.factors[steps.own] ?? 1
  let best: UnitScale | undefined
  steps.factors.forEach((step, index) => {
    const factor = step / own
    const next = (steps.factors[index + 1] ?? Infinity) / step
    const isInRange = size / factor >= 0.9995 && (size / factor < 0.9995 * next || index === steps.factors.length - 1)
    if (index > steps.own && isInRange) best = { factor, unit: steps.units[index] ?? '' }
  })
  return best
}

function stepsOf(unit: string): Steps | undefined {
  if (withoutPrefix.test(unit)) return undefined
  const known = words[unit] ?? unit
  const time = timeUnits.findIndex((step) => step.unit === known)
  if (time >= 0)
    return {
      own: time,
      factors: timeUnits.map(({ ms }) => ms),
      units: timeUnits.map((step) => step.unit),
      most: scaleFrom,
    }
  const binary = binaryUnit.exec(known)
  if (binary) return prefixSteps(binaryPrefixes, binary, 1024)
  return prefixSteps(prefixes, decimalUnit.exec(known) ?? ['', '', unit], 1000)
}

/** `match`: the whole unit, its prefix, its base and what it is divided by. A word stands after its prefix: "k requests". */
function prefixSteps(list: readonly string[], match: ReadonlyArray<string | undefined>, factor: number): Steps {
  const [whole = '', prefix = '', base = '', per = ''] = match
  const space = whole === '' && base !== '' ? '\u202f' : ''
  return {
    own: Math.max(0, list.indexOf(prefix === 'K' ? 'k' : prefix)),
    factors: list.map((_, power) => factor ** power),
    units: list.map((name) => `${name}${space}${base}${per}`),
    most: exponentFromPrefixed,
  }
}
