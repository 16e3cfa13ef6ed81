import { describe, expect, test } from 'vitest'
import { anId } from '../rule/rule-builders.ts'
import { busy, cpu, offline, TestPlanner, warning } from './planner-builder.ts'
// What sounds, and for how long.

describe('a sound', () => {
  const repeat = { 'sound.repeat': 'repeat' } as const

  test('comes again each 30 s until somebody has seen the alert', () => {
    const planner = new TestPlanner(repeat)
    planner.fire(cpu(1))
    planner.after(70)
    planner.seen.add(anId(1))
    planner.after(100)
    expect(planner.sounds.map(([at]) => at)).toEqual([0, 30, 60])
  })

  test.each<[string, (planner: TestPlanner) => void]>([
    ['is acknowledged', (planner) => planner.acknowledge(cpu(1))],
    ['is silenced', (planner) => void planner.silenced.add(anId(1))],
    ['is inhibited', (planner) => planner.change({ ...offline(1), acknowledgement: { by: 'a', at: 0, comment: '' } })],
    ['is over', (planner) => planner.resolve(cpu(1))],
    ['is filtered', (planner) => planner.set({ 'notifications.nodes': 'mine' })],
    ['is muted by the setting', (planner) => planner.set({ 'sound.critical': false })],
    ['is held back', (planner) => void (planner.doNotDisturb = { until: Infinity, criticalBreaksThrough: false })],
  ])('stops at once when the alert %s', (_, happens) => {
    const planner = new TestPlanner(repeat)
    planner.fire(cpu(1))
    planner.after(10)
    happens(planner)
    planner.step()
    planner.after(200)
    expect([planner.sounds, planner.stops]).toEqual([[[0, 'critical']], [10]])
  })

  test('of warnings is off, and on by the setting if they pop up', () => {
    const planner = busy({ 'notifications.warning': true, 'sound.warning': true })
    planner.fire(warning(1))
    planner.after(60)
    expect(planner.sounds).toEqual([[30, 'warning']])
    const filtered = busy({ 'sound.warning': true })
    filtered.fire(warning(1))
    filtered.after(60)
    expect(filtered.sounds).toEqual([])
  })

  test('of a reminder plays to its end, although somebody has seen the alert', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    planner.seen.add(anId(1))
    planner.after(910)
    expect([planner.sounds.map(([at]) => at), planner.stops.filter((at) => at > 800)]).toEqual([[0, 900], []])
  })
})
