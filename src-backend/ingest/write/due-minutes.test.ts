import { expect, test } from 'vitest'
import { dueMinutes } from './due-minutes.ts'

const at = (iso: string) => Date.parse(iso)
const row = (node: number, iso: string) => ({
  count: 1,
  node: Int32Array.of(node),
  at: Float64Array.of(at(iso)),
})

test('one late record does not make whole days due', () => {
  const rows = [
    row(1, '2026-11-24T10:00:59.999Z'),
    row(2, '2026-11-24T10:02:00Z'),
    row(1, '2026-11-24T10:01:00Z'),
    row(1, '2026-11-20T03:30:30Z'),
  ]
  expect(dueMinutes(rows)).toEqual([
    { nodes: [1, 2], since: at('2026-11-24T10:00:00Z'), until: at('2026-11-24T10:03:00Z') },
    { nodes: [1], since: at('2026-11-20T03:30:00Z'), until: at('2026-11-20T03:31:00Z') },
  ])
})
