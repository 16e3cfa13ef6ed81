import { expect, test } from 'vitest'
import { encodeDescribeQuorumRequest, readDescribeQuorumResponse } from './describe-quorum.ts'

const controllerTime = 1_764_000_000_000

/** A voter or observer: id, end of its log, last fetch, and when it was caught up. */
function aReplica(id: number, caughtUpAt: number): Buffer {
  const bytes = Buffer.alloc(29)
  bytes.writeInt32BE(id, 0)
  bytes.writeBigInt64BE(500n, 4)
  bytes.writeBigInt64BE(BigInt(caughtUpAt), 12)
  bytes.writeBigInt64BE(BigInt(caughtUpAt), 20)
  return bytes
}

/** A response of version 1, with the header's tagged fields. */
function aResponse(leader: number, voters: readonly Buffer[]): Buffer {
  const name = Buffer.from('__cluster_metadata')
  const numbers = Buffer.alloc(22)
  numbers.writeInt32BE(leader, 6)
  const [oneElement, none, noTags] = [2, 1, 0]
  return Buffer.concat([
    Buffer.from([noTags, 0, 0, oneElement, name.length + 1]),
    name,
    Buffer.from([oneElement]),
    numbers,
    Buffer.from([voters.length + 1]),
    ...voters,
    Buffer.from([none, noTags, noTags, noTags]),
  ])
}

test('the clock of the active controller is the time of its own replica', () => {
  const voters = [aReplica(1, controllerTime - 400), aReplica(3, controllerTime), aReplica(2, -1)]
  expect(readDescribeQuorumResponse(aResponse(3, voters))).toEqual({ errorCode: 0, controllerTime })
})

test('without the active controller in the answer there is no time', () => {
  expect(readDescribeQuorumResponse(aResponse(9, [aReplica(1, controllerTime)])).controllerTime).toBeUndefined()
})

test('a refusal has its error, and nothing after it is read', () => {
  expect(readDescribeQuorumResponse(Buffer.from([0, 0, 31]))).toEqual({ errorCode: 31, controllerTime: undefined })
})

test('no cut of a response makes it loop or read beyond the bytes', () => {
  const whole = aResponse(1, [aReplica(1, controllerTime)])
  for (let length = 3; length < whole.length; length++) {
    expect(() => readDescribeQuorumResponse(whole.subarray(0, length))).toThrow()
  }
})

test('the request names the partition of the metadata log', () => {
  expect(encodeDescribeQuorumRequest().toString('latin1')).toContain('__cluster_metadata')
})
