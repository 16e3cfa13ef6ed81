import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BackendLink } from '#shared/session/operator-session.ts'
import { BackendProbe } from './backend-probe.ts'
import { healthy } from './test-server.ts'

const fine = { ok: true, body: healthy.body }
const withoutDatabase = { ok: true, body: { ...(healthy.body as object), postgres: 'down' } }
const nobody = { ok: false, failure: { kind: 'unreachable', detail: 'Nothing is listening at its address.' } }

let says: unknown
let asked: number
let told: BackendLink[]
let watch: BackendProbe

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  says = fine
  asked = 0
  told = []
  const call = () => {
    asked++
    return Promise.resolve(says)
  }
  watch = new BackendProbe({ client: { call: call as never }, now: Date.now, random: () => 0.5 })
  watch.onChange((link) => told.push(link))
  watch.start()
})
afterEach(() => {
  watch.end()
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('a backend that is there is asked every 15 s, one that went away sooner, and each change is told', async () => {
  await pass(15_000)
  expect([asked, told]).toEqual([2, [{ reachable: true, since: 0 }]])
  says = nobody
  await pass(15_000)
  await pass(5_000)
  expect(asked).toBe(4)
  says = fine
  await pass(7_500)
  expect(told.slice(1)).toEqual([
    { reachable: false, since: 30_000, detail: 'Nothing is listening at its address.' },
    { reachable: true, since: 42_500 },
  ])
})

test('a request that was not answered has it asked at once, and alone says nothing', async () => {
  await pass(1000)
  watch.checkSoon()
  await pass(0)
  expect([asked, watch.link]).toEqual([2, { reachable: true, since: 0 }])
  says = nobody
  watch.checkSoon()
  await pass(0)
  expect(watch.link).toMatchObject({ reachable: false, since: 1000 })
})

test('an operator who wants to know has it asked at once, away or not', async () => {
  says = nobody
  await pass(60_000)
  const before = asked
  says = fine
  watch.probeNow()
  await pass(0)
  expect([asked - before, watch.link]).toEqual([1, { reachable: true, since: 60_000 }])
  watch.probeNow()
  await pass(0)
  expect(asked - before).toBe(2)
})

test('after that it is asked as often as one that only just went away', async () => {
  says = nobody
  await pass(300_000)
  watch.probeNow()
  await pass(0)
  const before = asked
  await pass(5_000)
  expect(asked - before).toBe(1)
})

test('a question that is lost does not take back what a later one told', async () => {
  const lost = Promise.withResolvers()
  says = lost.promise
  await pass(15_000)
  says = fine
  watch.probeNow()
  await pass(0)
  lost.resolve(nobody)
  await pass(0)
  expect(watch.link).toEqual({ reachable: true, since: 0 })
  says = nobody
  await pass(15_000)
  expect(watch.link.reachable).toBe(false)
})

test('without its database it can do nothing for anybody', async () => {
  says = withoutDatabase
  await pass(15_000)
  expect(watch.link).toEqual({
    reachable: false,
    since: 15_000,
    detail: 'The backend is running but cannot reach its database.',
  })
})

test('after its end nobody is asked', async () => {
  await pass(0)
  watch.end()
  await pass(60_000)
  expect(asked).toBe(1)
})
