import { expect, test } from 'vitest'
import { encodeFetchRequest } from './fetch-request.ts'

test('a fetch request has the bytes of version 11', () => {
  const bytes = encodeFetchRequest({
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 0x400000,
    sessionId: 7,
    sessionEpoch: 3,
    partitions: [
      { topic: 'ab', partition: 0, offset: 5, maxBytes: 0x100000 },
      { topic: 'ab', partition: 1, offset: 2 ** 40 + 1, maxBytes: 0x100000 },
      { topic: 'c', partition: 0, offset: 0, maxBytes: 16 },
    ],
    forgotten: [{ topic: 'd', partition: 9 }],
    rack: 'r1',
  })
  const expected = [
    'ffffffff 00000064 00000001 00400000 01 00000007 00000003', // replica … session epoch
    '00000002', // topics
    '0002 6162 00000002',
    '00000000 ffffffff 0000000000000005 ffffffffffffffff 00100000',
    '00000001 ffffffff 0000010000000001 ffffffffffffffff 00100000',
    '0001 63 00000001',
    '00000000 ffffffff 0000000000000000 ffffffffffffffff 00000010',
    '00000001 0001 64 00000001 00000009', // forgotten
    '0002 7231', // rack
  ]
  expect(bytes.toString('hex')).toBe(expected.join('').replaceAll(' ', ''))
})

test('a fetch without partitions, as in a session without changes, is complete', () => {
  const bytes = encodeFetchRequest({
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 1,
    sessionId: 7,
    sessionEpoch: 4,
    partitions: [],
    forgotten: [],
    rack: '',
  })
  expect(bytes.subarray(25).toString('hex')).toBe('00000000000000000000')
})
