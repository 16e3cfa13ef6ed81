import { expect, test } from 'vitest'
import { allZones, zoneOffset } from './zone-offset.ts'

test.each([
  ['Europe/Zurich', '2026-11-24T12:00:00Z', 60],
  ['Europe/Zurich', '2026-07-24T12:00:00Z', 120],
  ['Asia/Kolkata', '2026-07-24T12:00:00Z', 330],
  ['America/St_Johns', '2026-01-24T12:00:00Z', -210],
  ['UTC', '2026-07-24T12:00:00Z', 0],
  ['Atlantis/Capital', '2026-07-24T12:00:00Z', 0],
])('%s at %s is %i minutes east', (zone, at, offset) => expect(zoneOffset(zone)(Date.parse(at))).toBe(offset))

test('the offset changes with the clocks', () => {
  const offsetAt = zoneOffset('Europe/Zurich')
  const change = Date.parse('2026-10-25T01:00:00Z')
  expect([offsetAt(change - 1), offsetAt(change)]).toEqual([120, 60])
})

test('UTC can be chosen', () => {
  expect(allZones()[0]).toBe('UTC')
  expect(allZones()).toContain('Europe/Zurich')
})
