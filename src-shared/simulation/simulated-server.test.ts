import { describe, expect, test } from 'vitest'
import { simulatedServer } from './simulated-server.ts'
import { demoPlan, fleetPlan, spikeAt, spikeKinds } from './spikes.ts'

const startedAt = Date.parse('2026-11-24T10:00:00Z')
const demoSeeds = [1, 2, 3, 4]
const server = (seed: number) => simulatedServer({ seed, startedAt, spikes: demoPlan })
const secondsOf = (minutes: number) => Array.from({ length: minutes * 60 }, (_, second) => second)

describe('a simulated server', () => {
  test('the same seed gives the same values, in any order', () => {
    const times = secondsOf(20).map((second) => startedAt + second * 1000)
    const forward = times.map((at) => server(2).read(at))
    const backward = times.toReversed().map((at) => server(2).read(at))
    expect(backward.toReversed()).toEqual(forward)
    expect(times.map((at) => server(3).read(at))).not.toEqual(forward)
  })

  test('every value is plausible, over a whole day and many seeds', () => {
    for (let seed = 0; seed < 60; seed++) {
      for (let minute = 0; minute < 24 * 60; minute += 7) {
        const values = server(seed).read(startedAt + minute * 60_000 + seed * 977) as Record<string, number>
        expect(Object.keys(values)).toEqual([...spikeKinds])
        for (const value of Object.values(values)) expect(value).toBeGreaterThanOrEqual(0)
        expect(values['cpu_usage']).toBeLessThanOrEqual(100)
        expect(values['memory_usage']).toBeLessThanOrEqual(100)
      }
    }
  })

  test('its first spike begins within two minutes, and no stock level is crossed before or between spikes', () => {
    for (const seed of demoSeeds) {
      const first = secondsOf(2).find((second) => spikeAt(seed, demoPlan, second))
      expect(first).toBeGreaterThan(10)
      for (const second of secondsOf(60)) {
        if (spikeAt(seed, demoPlan, second)) continue
        const values = server(seed).read(startedAt + second * 1000) as Record<string, number>
        expect(values['cpu_usage']).toBeLessThan(85)
        expect(values['memory_usage']).toBeLessThan(90)
      }
    }
  })

  test('server 2 begins with more than two minutes of CPU above 95 %', () => {
    const above = secondsOf(5).filter((second) => {
      const values = server(2).read(startedAt + second * 1000) as Record<string, number>
      return (values['cpu_usage'] ?? 0) > 95
    })
    const [first = Infinity] = above
    expect(first).toBeLessThan(60)
    expect(above).toEqual(Array.from({ length: above.length }, (_, index) => first + index))
    expect(above.length).toBeGreaterThan(150)
  })
})

test('a fleet has about one new spike a minute, whatever its size', () => {
  for (const nodes of [50, 2000]) {
    const cycle = fleetPlan(nodes).cycleSeconds
    expect((nodes / cycle) * 60).toBeCloseTo(1)
  }
})
