import { afterEach, describe, expect, test, vi } from 'vitest'
import { dayMs } from '#shared/format/time-units.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aConsole(): TestEngine {
  const fixture = new TestEngine({ now: t0 })
  fixtures.push(fixture)
  return fixture
}

const message = (node: string, at = t0) => aMessage({ node, at, metrics: { cpu_usage: 50 } })
const rejectsOf = (fixture: TestEngine) =>
  fixture
    .call('rejectedRecords.list', { limit: 100 })
    .map(({ offset, code, reason }) => ({ offset, code, reason }))
    .reverse()
const nodesOf = (fixture: TestEngine) => fixture.call('live.snapshot', {}).directory.nodes.map(({ id }) => id)

test('broken text in a record is rejected with its reason, and the console goes on', () => {
  const fixture = aConsole()
  const broken = ['c\\ud800', 'c\\ud801', 'a\\u0000b'].map((id) =>
    Buffer.from(message('x').toString().replace('"x"', `"${id}"`)),
  )
  fixture.engine.handlers.batches(aBatch([message('node-1'), ...broken, message('node-2')], t0))
  expect(fixture.fatal).toEqual([])
  expect(nodesOf(fixture)).toEqual(['node-1', 'node-2'])
  expect(rejectsOf(fixture)).toEqual(
    ['"c\\ud800"', '"c\\ud801"', '"a\\u0000b"'].map((got, i) => ({
      offset: i + 1,
      code: 'bad-text',
      reason: `node_id: expected well-formed Unicode without NUL, got ${got}`,
    })),
  )
})

test('null is no value, and a metric that is no number is listed while the others are shown', () => {
  const fixture = aConsole()
  const odd = message('node-1').toString().replace('50', '50, "gpu": null, "fan": NaN, "door": "open"')
  fixture.engine.handlers.batches(aBatch([Buffer.from(odd)], t0))
  const { directory, frame } = fixture.call('live.snapshot', {})
  expect([directory.metrics, [...frame.values]]).toEqual([['cpu_usage'], [50]])
  expect(rejectsOf(fixture)).toEqual([
    {
      offset: 0,
      code: 'bad-metric',
      reason: 'metrics.fan: expected a number, got NaN; metrics.door: expected a number, got "open"',
    },
  ])
  expect(fixture.call('counters.get', {})).toMatchObject({
    messagesByTopic: { 'metrics-node-1': 1 },
    errorsByTopic: { 'metrics-node-1': { 'bad-metric': 1 } },
  })
})

test('a sample older than the cache keeps makes no node, and is listed', () => {
  const fixture = aConsole()
  fixture.engine.handlers.batches(aBatch([message('old', t0 - 15 * dayMs), message('node-1')], t0))
  expect(nodesOf(fixture)).toEqual(['node-1'])
  expect(rejectsOf(fixture)).toMatchObject([{ offset: 0, code: 'too-old' }])
  fixture.restart()
  expect(nodesOf(fixture)).toEqual(['node-1'])
})

describe('a record that cannot be stored for a reason that nobody foresaw', () => {
  /** The table refuses nodes with this id, as a constraint that was not thought of. */
  function refuse(fixture: TestEngine, id: string): void {
    const { samples } = fixture.store
    const prepare = samples.prepare.bind(samples)
    vi.spyOn(samples, 'prepare').mockImplementation((write) => {
      const batch = prepare(write)
      const isRefused = write.samples.some(({ columns }) =>
        columns.node.some((key) => columns.directory.nodes[key]?.id === id),
      )
      return isRefused
        ? {
            ...batch,
            write: () => {
              batch.write()
              throw new RangeError('no such thing')
            },
          }
        : batch
    })
  }

  test('is rejected alone, and everything else of its fetch is stored', () => {
    const fixture = aConsole()
    refuse(fixture, 'poison')
    const ids = Array.from({ length: 9 }, (_, i) => (i === 5 ? 'poison' : `node-${i}`))
    const own = aBatch(
      ids.map((id) => message(id)),
      t0,
    )
    const other = aBatch([message('other')], t0, { topic: 'metrics-other' })
    fixture.engine.handlers.batches([...own, ...other])
    expect(fixture.fatal).toEqual([])
    expect(nodesOf(fixture).sort()).toEqual([...ids.filter((id) => id !== 'poison'), 'other'].sort())
    expect(rejectsOf(fixture)).toEqual([
      { offset: 5, code: 'not-stored', reason: 'value: cannot be stored: no such thing' },
    ])
    expect(fixture.store.position('metrics-node-1', 0)?.next).toBe(9)
    vi.restoreAllMocks()
    fixture.engine.handlers.batches(aBatch([message('poison', t0 + 1000)], t0, { from: 9 }))
    fixture.restart()
    expect(nodesOf(fixture).sort()).toEqual([...ids, 'other'].sort())
  })

  test('stops the thread if nothing at all can be stored', () => {
    const fixture = aConsole()
    vi.spyOn(fixture.store.samples, 'prepare').mockImplementation(() => {
      throw new RangeError('no such thing')
    })
    const records = Array.from({ length: 300 }, (_, i) => message(`node-${i}`))
    expect(() => fixture.engine.handlers.batches(aBatch(records, t0))).toThrow('no such thing')
    expect(fixture.fatal).toHaveLength(1)
    vi.restoreAllMocks()
  })
})
