import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FetchedPartition, parseFetchResponse } from './fetch-response.ts'
import { aborted, aFetchResponse } from './wire-builders.ts'
import { MalformedResponseError } from './wire-reader.ts'

const partition = (change: Partial<FetchedPartition> = {}): FetchedPartition => ({
  topic: 'metrics-node-1',
  partition: 3,
  errorCode: 0,
  highWatermark: 1_000,
  lastStableOffset: 990,
  logStartOffset: 5,
  aborted: [],
  preferredReplica: -1,
  records: Buffer.alloc(0),
  ...change,
})

const response = {
  throttleMs: 250,
  errorCode: 70,
  sessionId: 12_345,
  partitions: [
    partition({ aborted: [aborted(2n ** 60n, 2 ** 40)], records: Buffer.from('records') }),
    partition({ partition: 4, errorCode: 1, highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 }),
    partition({ topic: 'größer', preferredReplica: 2 }),
  ],
}
const bytes = aFetchResponse(response)

test('a response comes back as it was sent, its records as a view', () => {
  const parsed = parseFetchResponse(bytes)
  expect(parsed).toEqual(response)
  expect(parsed.partitions[0]?.records.buffer).toBe(bytes.buffer)
})

test('null arrays and null records are empty', () => {
  const nulls = aFetchResponse({ ...response, partitions: [partition()] })
  nulls.writeInt32BE(-1, nulls.length - 12) // aborted transactions
  nulls.writeInt32BE(-1, nulls.length - 4) // records
  expect(parseFetchResponse(nulls).partitions).toEqual([partition()])
  const noTopics = Buffer.alloc(14)
  noTopics.writeInt32BE(-1, 10)
  expect(parseFetchResponse(noTopics).partitions).toEqual([])
})

test('a response that ends too early, or too late, is malformed', () => {
  for (let end = 0; end < bytes.length; end++) {
    expect(() => parseFetchResponse(bytes.subarray(0, end))).toThrow(MalformedResponseError)
  }
  expect(() => parseFetchResponse(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(MalformedResponseError)
})

test('an array longer than the response is refused before it is allocated', () => {
  const huge = Buffer.from(bytes)
  huge.writeInt32BE(0x7fff_ffff, 10)
  expect(() => parseFetchResponse(huge)).toThrow(MalformedResponseError)
})

test('any bytes are a response or malformed', () => {
  const mutated = fc
    .array(fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const changed = Buffer.from(bytes)
      for (const { at, byte } of changes) changed[at] = byte
      return changed
    })
  const any = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
  fc.assert(
    fc.property(fc.oneof(mutated, any), (input) => {
      try {
        const { partitions } = parseFetchResponse(input)
        expect(partitions.reduce((sum, { records }) => sum + records.length, 0)).toBeLessThanOrEqual(input.length)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedResponseError)
      }
    }),
    { numRuns: 5_000 },
  )
})
