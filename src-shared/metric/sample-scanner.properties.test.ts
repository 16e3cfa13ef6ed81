import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode } from './decode.ts'
import { scanAll } from './sample-columns-builders.ts'
import { SampleScanner } from './sample-scanner.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const usualText = JSON.stringify({
  node_id: 'node-1',
  node_name: 'Server-Alpha',
  timestamp: '2026-11-24T10:15:30.123Z',
  metrics: { cpu_usage: 71.3, memory_usage: 48.05, disk_io: 12.4, network_traffic: 88.1 },
})

/** Scans all values with one scanner, which must return for each what `decode` returns; -0 and 0 differ. */
function expectDecoded(values: readonly Uint8Array[], scanner = new SampleScanner()): void {
  expect(scanAll(values, scanner)).toStrictEqual(values.map(decode))
}

describe('a scanner returns what decode returns', () => {
  const name = fc.oneof(
    fc.constantFrom('cpu_usage', 'memory_usage', '__proto__', 'constructor', '0', '10', 'metrics', 'node_id', ''),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: -1e6, max: 1e6 }).map((n) => String(n / 100)),
    fc.stringMatching(/^-?[0-9]{1,20}(\.[0-9]{0,24})?([eE][+-]?[0-9]{0,3})?$/),
    fc.constantFrom('-0', 'null', 'null', '"x"', '{}', 'true', '1e400', 'NaN'),
  )
  const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 6, arbitrary: text.map((plain) => JSON.stringify(plain)) },
      // the same with ASCII only, as Python writes it
      text.map((plain) =>
        JSON.stringify(plain).replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ),
      text.map((plain) => `"${plain}"`),
    )
  const node = fc.oneof(fc.constantFrom('n1', 'n2', 'n10', 'Ä'), fc.string({ unit: 'binary', maxLength: 5 }))
  const timestamp = fc.oneof(
    fc
      .date({ noInvalidDate: true, min: new Date('2026-11-24'), max: new Date('2026-11-26') })
      .map((d) => d.toISOString()),
    fc.stringMatching(
      /^20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,10})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])$/,
    ),
    fc.constantFrom('', '2026-02-30T00:00:00Z'),
  )
  const space = fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.constantFrom(' ', '\n  ', '\t', '\u00a0'))
  const object = (members: fc.Arbitrary<Array<[string, string]>>, gap: fc.Arbitrary<string>) =>
    fc.tuple(members, gap).map(([list, s]) => `{${list.map(([k, v]) => `${s}${k}:${s}${v}`).join(`,${s}`)}${s}}`)
  const metrics = object(fc.array(fc.tuple(quoted(name), number), { minLength: 1, maxLength: 5 }), space)
  const field = fc.oneof(
    fc.tuple(fc.constant('"node_id"'), quoted(node)),
    fc.tuple(fc.constant('"node_name"'), quoted(node)),
    fc.tuple(fc.constant('"timestamp"'), quoted(timestamp)),
    fc.tuple(fc.constant('"metrics"'), metrics),
    fc.tuple(fc.constant('"units"'), object(fc.array(fc.tuple(quoted(name), quoted(node)), { maxLength: 3 }), space)),
    fc.tuple(quoted(name), fc.oneof(fc.json({ maxDepth: 2 }), number)),
  )
  const usualFields = fc
    .tuple(quoted(node), quoted(node), quoted(timestamp), metrics)
    .map(([id, label, time, values]): Array<[string, string]> => [
      ['"node_id"', id],
      ['"node_name"', label],
      ['"timestamp"', time],
      ['"metrics"', values],
    ])
  /** Valid in most cases: the four fields with up to three others, in any order, some twice. */
  const message = object(
    fc.tuple(usualFields, fc.array(field, { maxLength: 3 }), fc.nat()).map(([list, more, turn]) => {
      const all = [...more, ...list]
      const by = turn % all.length
      return [...all.slice(by), ...all.slice(0, by)]
    }),
    space,
  ).map(bytesOf)

  const edit = fc.record({ of: fc.nat(), at: fc.nat(), cut: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) })
  const edited = (base: Uint8Array, { at, cut, put }: { at: number; cut: number; put: Uint8Array }): Uint8Array => {
    const from = at % (base.length + 1)
    return Uint8Array.from([...base.slice(0, from), ...put, ...base.slice(from + cut)])
  }
  /** A list of messages, some of them repeated, and repeated with changes. */
  const sequence = fc
    .tuple(fc.array(message, { minLength: 1, maxLength: 6 }), fc.array(fc.oneof(fc.nat(), edit), { maxLength: 20 }))
    .map(([messages, uses]) => [
      ...messages,
      ...uses.map((use) => {
        const base = messages[(typeof use === 'number' ? use : use.of) % messages.length] as Uint8Array
        return typeof use === 'number' ? base : edited(base, use)
      }),
    ])

  test('for any sequence of messages, and of messages with changes', () => {
    fc.assert(
      fc.property(sequence, (values) => expectDecoded(values)),
      { numRuns: 1500 },
    )
  })

  test('for any bytes', () => {
    const values = fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(bytesOf(usualText))), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(values, (list) => expectDecoded(list)),
      { numRuns: 500 },
    )
  })

  test('for values of one layout with numbers of any form', () => {
    const text = fc.tuple(number, number).map(([a, b]) => bytesOf(usualText.replace('71.3', a).replace('88.1', b)))
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 20 }), (list) =>
        expectDecoded([bytesOf(usualText), ...list]),
      ),
      { numRuns: 1000 },
    )
  })

  test('for one scanner that has read anything before', () => {
    const scanner = new SampleScanner()
    fc.assert(
      fc.property(sequence, (values) => expectDecoded(values, scanner)),
      { numRuns: 1000 },
    )
  })
})
