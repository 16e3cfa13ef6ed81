import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extentOf, valueAxis } from './value-axis.ts'

interface Case {
  readonly low?: number
  readonly high: number
  readonly unit?: string
  readonly max?: number
}

/** Every label, bottom to top, and the unit. */
function labelsOf({ low = 0, high, unit = '', max }: Case): string {
  const axis = valueAxis({ low, high, unit, max })
  const count = Math.round((axis.max - axis.min) / axis.interval)
  const labels = Array.from({ length: count + 1 }, (_, i) => axis.label(axis.min + i * axis.interval))
  return `${labels.join(' ')} ${axis.unit}`.trim()
}

test.for<[Case, string]>([
  [{ high: 0 }, '0 0.2 0.4 0.6 0.8 1'],
  [{ high: 0.3 }, '0 0.1 0.2 0.3 0.4'],
  [{ high: 88 }, '0 20 40 60 80 100'],
  [{ high: 97 }, '0 20 40 60 80 100 120'],
  [{ high: 412 }, '0 100 200 300 400 500'],
  [{ low: Infinity, high: -Infinity, unit: '%', max: 100 }, '0 20 40 60 80 100 %'],
  [{ low: NaN, high: NaN }, '0 0.2 0.4 0.6 0.8 1'],
  [{ high: 100, unit: '%', max: 100 }, '0 20 40 60 80 100 %'],
  [{ high: 137, unit: '%', max: 100 }, '0 25 50 75 100 125 150 %'],
  [{ high: 412, unit: '%', max: 100 }, '0 100 200 300 400 500 %'],
  [{ low: -3, high: 40, unit: '%', max: 100 }, '\u221220 0 20 40 60 80 100 %'],
  [{ low: -40, high: -20, unit: '°C' }, '\u221250 \u221240 \u221230 \u221220 \u221210 0 °C'],
  [{ high: 0.004, unit: 'MB/s' }, '0 0.001 0.002 0.003 0.004 0.005 MB/s'],
  [{ high: 0.000_012 }, '0 0.25e\u22125 0.5e\u22125 0.75e\u22125 1e\u22125 1.25e\u22125'],
  [{ high: 123_457, unit: 'MB/s' }, '0 25 50 75 100 125 150 GB/s'],
  [{ high: 12_346, unit: 'MB/s' }, '0 2,500 5,000 7,500 10,000 12,500 15,000 MB/s'],
  [{ high: 1_234_567, unit: '' }, '0 0.25 0.5 0.75 1 1.25 1.5 M'],
  [{ low: -1.7e308, high: 1.7e308, unit: 'MB/s' }, '\u22122e+308 \u22121e+308 0 1e+308 2e+308 MB/s'],
  [{ low: -2e-310, high: 4e-310 }, '0 0.2 0.4 0.6 0.8 1'],
])('%o has the labels %s', ([options, labels]) => {
  expect(labelsOf(options)).toBe(labels)
})

test('every value lies on its axis, and no two ticks have the same label', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Math.abs(one) < 1e-290 ? 0 : one))
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('%', 'MB/s', '', 'ms'),
      fc.constantFrom(undefined, 100),
      fc.integer({ min: 1, max: 8 }),
      (values, unit, max, splits) => {
        const axis = valueAxis({ ...extentOf(values), unit, max, splits })
        for (const drawn of [0, ...values.map((one) => one / axis.factor)]) {
          expect(drawn).toBeGreaterThanOrEqual(axis.min - axis.interval * 1e-6)
          expect(drawn).toBeLessThanOrEqual(axis.max + axis.interval * 1e-6)
        }
        const ticks = Math.round((axis.max - axis.min) / axis.interval)
        expect(ticks).toBeGreaterThanOrEqual(1)
        expect(ticks).toBeLessThanOrEqual(2 * splits + 4)
        const labels = Array.from({ length: ticks + 1 }, (_, i) => axis.label(axis.min + i * axis.interval))
        expect(new Set(labels).size).toBe(labels.length)
      },
    ),
    { numRuns: 3000 },
  )
})
