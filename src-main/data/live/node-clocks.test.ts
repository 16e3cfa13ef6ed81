import { expect, test } from 'vitest'
import { columnsOf } from '#shared/metric/sample-columns.ts'
import { NodeClocks } from './node-clocks.ts'

const now = 1_800_000_000_000
const minutes = (count: number): number => count * 60_000
const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')

function someClocks() {
  const clocks = new NodeClocks()
  const arrive = (nodeId: string, second: number, skewMs: number, isBacklog = false): void => {
    const at = now + second * 1000 + skewMs
    const sample = { nodeId, nodeName: nodeId, at, names: ['cpu_usage'], values: [1] }
    clocks.stored(columnsOf([sample]), now + second * 1000, isBacklog)
  }
  const text = (second: number) => plain(clocks.notices(now + second * 1000, 100)[0]?.text)
  return { clocks, arrive, text }
}

test('a clock that is ahead is told at its first record, and that it was for ten minutes after', () => {
  const { arrive, text, clocks } = someClocks()
  arrive('node-1', 0, minutes(50))
  expect(text(0)).toMatch(/^The clock of node-1 is 50 m ahead\. Values from the future are not shown as current/)
  arrive('node-1', 5, 0)
  expect(clocks.notices(now + 5000, 100)).toMatchObject([{ id: 'node-clocks', severity: 'info' }])
  expect(text(5)).toBe('The clock of node-1 was 50 m ahead.')
  expect(text(606)).toBeUndefined()
})

test('a clock is behind if its records stay equally old; delayed records are not', () => {
  const { arrive, text } = someClocks()
  for (const second of [0, 5, 10]) arrive('node-1', second, -minutes(43))
  expect(text(10)).toMatch(/^The clock of node-1 is 43 m behind\./)
  const other = someClocks()
  for (const second of [0, 1, 2, 30]) other.arrive('node-1', second, -minutes(43) + second * 20_000)
  for (const second of [40, 50, 60]) other.arrive('node-2', second, -minutes(43), true)
  expect(other.text(60)).toBeUndefined()
})

test('a clock within a minute is right', () => {
  const { arrive, text } = someClocks()
  for (const [second, skew] of [
    [0, 60_000],
    [5, -60_000],
    [10, 0],
  ] as const)
    arrive('node-1', second, skew)
  expect(text(10)).toBeUndefined()
})

test('of many wrong clocks, three are named', () => {
  const { arrive, text } = someClocks()
  for (let node = 1; node <= 5; node++) arrive(`node-${node}`, 0, minutes(node + 1))
  expect(text(0)).toMatch(
    /^Clocks of 5 nodes: node-1 is 2 m ahead, node-2 is 3 m ahead, node-3 is 4 m ahead, and 2 more\. /,
  )
})

test('if most nodes are equally wrong, it is the clock of this computer', () => {
  const { arrive, clocks } = someClocks()
  for (let node = 1; node <= 5; node++) arrive(`node-${node}`, 0, minutes(60) + node * 1000)
  const text = (nodes: number) => plain(clocks.notices(now, nodes)[0]?.text)
  expect(text(5)).toMatch(/^The clock of this computer seems to be 1 h behind: /)
  expect(text(10)).toMatch(/^Clocks of 5 nodes: /)
})
