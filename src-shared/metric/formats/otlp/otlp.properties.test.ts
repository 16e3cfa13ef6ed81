import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { otlpMessages } from '../../../../tests/support/otlp-arbitrary.ts'
import { meaningOf, readJson, readProto } from '../../../../tests/support/otlp-message.ts'
import { otlpBytes } from '../../../../tests/support/otlp-protobuf.ts'

/** The same message with other values, so that the template of the first one fits. */
function changed(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (key, value: unknown) => {
    if (key === 'asDouble' && typeof value === 'number') return value / 3 + 1
    if (key === 'asInt') return String(BigInt.asIntN(64, BigInt(value as string) + 7n))
    return value
  }) as unknown
}

describe('a message means the same in protobuf and in JSON', () => {
  test('whatever it has', () => {
    fc.assert(
      fc.property(otlpMessages, (message) => {
        expect(meaningOf(readProto(otlpBytes(message)))).toEqual(meaningOf(readJson(message)))
      }),
      { numRuns: 1_000 },
    )
  })

  test('also once one like it was read', () => {
    fc.assert(
      fc.property(otlpMessages, (message) => {
        for (const next of [message, changed(message), message]) {
          expect(meaningOf(readProto(otlpBytes(next)))).toEqual(meaningOf(readJson(next)))
        }
      }),
      { numRuns: 700 },
    )
  })

  test('also behind one that is damaged', () => {
    fc.assert(
      fc.property(otlpMessages, fc.nat(), fc.nat(255), otlpMessages, (message, at, byte, next) => {
        const bytes = otlpBytes(message)
        const place = at % (bytes.length + 1)
        readProto(bytes.subarray(0, place))
        readProto(Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place + 1)]))
        expect(meaningOf(readProto(otlpBytes(next)))).toEqual(meaningOf(readJson(next)))
      }),
      { numRuns: 700 },
    )
  })

  test('with fields of a later version', () => {
    fc.assert(
      fc.property(otlpMessages, (message) => {
        const bytes = otlpBytes(message, { hasUnknownFields: true })
        for (let i = 0; i < 2; i++) expect(meaningOf(readProto(bytes))).toEqual(meaningOf(readJson(message)))
      }),
      { numRuns: 400 },
    )
  })
})
