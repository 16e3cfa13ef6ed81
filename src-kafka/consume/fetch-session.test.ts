import { expect, test } from 'vitest'
import { errorCode } from '../wire/error-codes.ts'
import { FetchSession, type FetchTarget } from './fetch-session.ts'

interface Target extends FetchTarget {
  fetchOffset: number
  generation: number
}

function aTarget(partition: number, fetchOffset = 0): Target {
  return { topic: 't', partition, key: `t/${partition}`, fetchOffset, maxBytes: 100, generation: 0 }
}

const always = () => true
const asked = (offset: number, partition: number) => ({ topic: 't', partition, offset, maxBytes: 100 })

/** A session that the broker accepted, with two partitions. */
function anOpenSession() {
  const [a, b] = [aTarget(0, 5), aTarget(1, 7)]
  const session = new FetchSession<Target>()
  const first = session.next([a, b], always)
  session.answered({ errorCode: 0, sessionId: 42 })
  return { a, b, session, first }
}

test('the first request names all partitions and asks for a session, the next ones name only what changed', () => {
  const { a, b, session, first } = anOpenSession()
  expect(first).toEqual({ sessionId: 0, sessionEpoch: 0, partitions: [asked(5, 0), asked(7, 1)], forgotten: [] })
  a.fetchOffset = 9
  expect(session.next([a, b], always)).toEqual({
    sessionId: 42,
    sessionEpoch: 1,
    partitions: [asked(9, 0)],
    forgotten: [],
  })
  session.answered({ errorCode: 0, sessionId: 42 })
  expect(session.next([], always)).toMatchObject({ sessionEpoch: 2, partitions: [] })
})

test('a partition that is not wanted any more is forgotten once, and named again when it is wanted', () => {
  const { a, b, session } = anOpenSession()
  expect(session.next([a], () => false)).toMatchObject({ partitions: [], forgotten: [{ topic: 't', partition: 0 }] })
  expect(session.size).toBe(1)
  expect(session.next([a], () => false).forgotten).toEqual([])
  expect(session.next([a, b], always).partitions).toEqual([asked(5, 0)])
})

test.each([
  ['does not know it', errorCode.fetchSessionIdNotFound, 0],
  ['is at another request', errorCode.invalidFetchSessionEpoch, 42],
])('a session that the broker has lost begins anew with all partitions: it %s', (_title, code, sessionId) => {
  const { a, b, session } = anOpenSession()
  session.next([], always)
  expect(session.answered({ errorCode: code, sessionId: 0 })).toBe(false)
  expect(session.next([a, b], always)).toMatchObject({
    sessionId,
    sessionEpoch: 0,
    partitions: [asked(5, 0), asked(7, 1)],
  })
})

test('a broker without room for a session gets all partitions each time', () => {
  const [a, b] = [aTarget(0), aTarget(1)]
  const session = new FetchSession<Target>()
  for (let round = 0; round < 3; round++) {
    expect(session.next([a, b], always)).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
    expect(session.next([a, b], always).partitions).toHaveLength(2)
    session.answered({ errorCode: 0, sessionId: 0 })
  }
})

test('the answer to a request is compared with the state that was asked for', () => {
  const { a, session } = anOpenSession()
  a.fetchOffset = 6
  a.generation = 1
  expect(session.asked('t/0')).toMatchObject({ offset: 5, generation: 0 })
  session.next([a], always)
  expect(session.asked('t/0')).toMatchObject({ offset: 6, generation: 1 })
})
