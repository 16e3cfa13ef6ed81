import { expect, test } from 'vitest'
import { fingerprintColumns, recordsIn, storedFingerprint } from './read-position.ts'

test.each([
  [null, { timestamp: null, hash: null }],
  [
    { timestamp: 1_000, hash: 'x-_' },
    { timestamp: 1_000, hash: 'x-_' },
  ],
  // without a timestamp, version 0.1.0 reads no fingerprint
  [
    { timestamp: 1_000, hash: 'x-_', offset: 7 },
    { timestamp: null, hash: 'x-_@7@1000' },
  ],
])('a fingerprint is stored and read again', (last, columns) => {
  expect(fingerprintColumns(last)).toEqual(columns)
  expect(storedFingerprint(columns)).toEqual(last)
})

test('a record counts once, with any number of samples, and with a rejection beside them', () => {
  const rejected = (offset: number) => ({
    position: { topic: 't', partition: 0, offset },
    at: 0,
    reject: { code: 'bad-metric', reason: '' } as const,
    head: new Uint8Array(0),
  })
  expect(recordsIn(Float64Array.of(3, 3, 3, 4, 7, 7), [rejected(4), rejected(5)])).toBe(4)
  expect(recordsIn(new Float64Array(0), [])).toBe(0)
})
