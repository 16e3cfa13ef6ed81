import { expect, test } from 'vitest'
import { fingerprintColumns, storedFingerprint } from './read-position.ts'

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
