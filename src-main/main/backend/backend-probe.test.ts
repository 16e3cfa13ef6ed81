import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BackendLink } from '#shared/session/operator-session.ts'
import { BackendProbe, nextLink, probeDelayMs, reachableProbeMs, unreachableProbeMs } from './backend-probe.ts'
import { healthy } from './test-server.ts'

const fine = { ok: true, body: healthy.body }
const withoutDatabase = { ok: true, body: { ...(healthy.body as object), postgres: 'down' } }
const noResponse = { ok: false, failure: { kind: 'unreachable', detail: 'Nothing is listening at its address.' } }

let response: unknown
let requests: number
let changes: BackendLink[]
let probe: BackendProbe

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  response = fine
  requests = 0
  changes = []
  const call = () => {
    requests++
    return Promise.resolve(response)
  }
  probe = new BackendProbe({ client: { call: call as never }, now: Date.now, random: () => 0.5 })
  probe.onChange((link) => changes.push(link))
  probe.start()
})
afterEach(() => {
  probe.end()
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('the probe runs every 15 s, more often while unreachable, and reports each change', async () => {
  await pass(15_000)
  expect([requests, changes]).toEqual([2, [{ reachable: true, since: 0 }]])
  response = noResponse
  await pass(15_000)
  await pass(5_000)
  expect(requests).toBe(4)
  response = fine
  await pass(7_500)
  expect(changes.slice(1)).toEqual([
    { reachable: false, since: 30_000, detail: 'Nothing is listening at its address.' },
    { reachable: true, since: 42_500 },
  ])
})

test('a request without a response triggers a probe and does not change the link itself', async () => {
  await pass(1000)
  probe.checkSoon()
  await pass(0)
  expect([requests, probe.link]).toEqual([2, { reachable: true, since: 0 }])
  response = noResponse
  probe.checkSoon()
  await pass(0)
  expect(probe.link).toMatchObject({ reachable: false, since: 1000 })
})

test('the operator can probe immediately, reachable or not', async () => {
  response = noResponse
  await pass(60_000)
  const before = requests
  response = fine
  probe.probeNow()
  await pass(0)
  expect([requests - before, probe.link]).toEqual([1, { reachable: true, since: 60_000 }])
  probe.probeNow()
  await pass(0)
  expect(requests - before).toBe(2)
})

test('after that the delay starts again at its shortest', async () => {
  response = noResponse
  await pass(300_000)
  probe.probeNow()
  await pass(0)
  const before = requests
  await pass(5_000)
  expect(requests - before).toBe(1)
})

test('a lost probe does not override a later result', async () => {
  const lost = Promise.withResolvers()
  response = lost.promise
  await pass(15_000)
  response = fine
  probe.probeNow()
  await pass(0)
  lost.resolve(noResponse)
  await pass(0)
  expect(probe.link).toEqual({ reachable: true, since: 0 })
  response = noResponse
  await pass(15_000)
  expect(probe.link.reachable).toBe(false)
})

test('a backend without its database is unreachable', async () => {
  response = withoutDatabase
  await pass(15_000)
  expect(probe.link).toEqual({
    reachable: false,
    since: 15_000,
    detail: 'The backend is running but cannot reach its database.',
  })
})

test('after its end it sends no probes', async () => {
  await pass(0)
  probe.end()
  await pass(60_000)
  expect(requests).toBe(1)
})

const unreachable = { reachable: false, since: 100, detail: 'Nothing is listening at its address.' }
const reachable = { reachable: true, since: 200 }

test('a link changes with the first opposite result, and has the time of the change', () => {
  expect([
    nextLink(unreachable, { isReachable: true }, 300),
    nextLink(reachable, { isReachable: false, detail: 'It broke.' }, 400),
    nextLink(unreachable, { isReachable: false, detail: 'It broke.' }, 500),
  ]).toEqual([
    { reachable: true, since: 300 },
    { reachable: false, since: 400, detail: 'It broke.' },
    { reachable: false, since: 100, detail: 'It broke.' },
  ])
})

test('the same result again is not a change', () => {
  expect(nextLink(reachable, { isReachable: true }, 300)).toBe(reachable)
  expect(nextLink(unreachable, { isReachable: false, detail: unreachable.detail }, 300)).toBe(unreachable)
})

test('the delay while unreachable grows up to 30 s', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const delay = probeDelayMs(failures, random)
      expect(delay).toBeGreaterThanOrEqual(0.8 * unreachableProbeMs)
      expect(delay).toBeLessThanOrEqual(30_000)
      expect(probeDelayMs(failures + 1, random)).toBeGreaterThanOrEqual(delay)
    }),
  )
  expect([probeDelayMs(0, 1), probeDelayMs(1, 0.5)]).toEqual([reachableProbeMs, unreachableProbeMs])
})

test('a check on request gives the link after one probe, and probing goes on', async () => {
  await pass(0)
  response = noResponse
  expect(await probe.check()).toMatchObject({ reachable: false, detail: 'Nothing is listening at its address.' })
  expect(changes.at(-1)).toMatchObject({ reachable: false })
  response = fine
  expect(await probe.check()).toMatchObject({ reachable: true })
  const asked = requests
  await pass(reachableProbeMs)
  expect(requests).toBe(asked + 1)
})
