import { describe, expect, test } from 'vitest'
import type { Alert } from '../alert/alert.ts'
import { anId } from '../rule/rule-builders.ts'
import { busy, cpu, many, memory, plannerStart, TestPlanner, warning } from './planner-builder.ts'
// Many alerts at once, and alerts that change too often.

describe('a storm', () => {
  test('from 20 new alerts in a minute on is one summary with one sound', () => {
    const planner = new TestPlanner()
    planner.fire(...many(12))
    planner.after(20)
    planner.fire(...many(8, 13), ...Array.from({ length: 4 }, (_, i) => memory(i + 1)), warning(90))
    planner.after(10)
    expect(planner.screen).toEqual({ storm: '[CRITICAL] Storm: 24 critical, 1 warning' })
    planner.fire(...many(30, 21))
    planner.after(10)
    expect(planner.screen).toEqual({ storm: '[CRITICAL] Storm: 54 critical, 1 warning' })
    expect(planner.sounds).toEqual([[0, 'critical'], [20, 'critical']]) // prettier-ignore
    expect(planner.queued).toEqual([])
  })

  test('200 nodes at once are one popup', () => {
    const planner = new TestPlanner()
    planner.fire(...many(200))
    planner.after(600)
    expect(planner.poppedUp).toEqual([[0, '[CRITICAL] Storm: 200 critical']])
    expect(planner.sounds).toHaveLength(1)
  })

  test('counts what fires now, and goes when nothing does', () => {
    const planner = new TestPlanner({ 'notifications.resolved': 'off' })
    planner.fire(...many(25))
    for (const alert of many(20)) planner.resolve(alert)
    planner.after(6)
    expect(planner.screen).toEqual({ storm: '[CRITICAL] Storm: 5 critical' })
    for (const alert of many(5, 21)) planner.acknowledge(alert)
    expect(planner.screen).toEqual({})
  })

  test('its recoveries are one popup, once nothing of it fires', () => {
    const planner = new TestPlanner()
    planner.fire(...many(25))
    for (const alert of many(24)) {
      planner.resolve(alert)
      planner.after(2)
    }
    expect(planner.titles.filter((title) => title.startsWith('Resolved'))).toEqual([])
    planner.resolve(cpu(25))
    planner.after(10)
    expect(planner.screen).toEqual({ resolved: 'Resolved: CPU on 25 nodes' })
  })

  test('five minutes after the last burst it is over: new alerts have their own popups, the summary keeps its own', () => {
    const planner = new TestPlanner({ 'notifications.reminderMinutes': 0 })
    planner.fire(...many(20))
    planner.after(299)
    planner.fire(cpu(50))
    planner.after(6)
    expect(planner.screen).toEqual({ storm: '[CRITICAL] Storm: 21 critical' })
    planner.fire(memory(51))
    planner.after(6)
    expect(planner.titles).toEqual(['[CRITICAL] Storm: 21 critical', '[CRITICAL] node-51 Memory 97.2 % > 95 % for 2 m'])
  })

  test('a storm after a storm pops up again, with its sound', () => {
    const planner = new TestPlanner({ 'notifications.reminderMinutes': 0 })
    planner.fire(...many(20))
    planner.after(400)
    planner.fire(...many(20, 41))
    planner.after(10)
    expect(planner.poppedUp).toEqual([
      [0, '[CRITICAL] Storm: 20 critical'],
      [400, '[CRITICAL] Storm: 40 critical'],
    ])
    expect(planner.sounds).toHaveLength(2)
  })

  test('of warnings that do not pop up is none', () => {
    const planner = new TestPlanner()
    planner.fire(...Array.from({ length: 40 }, (_, i) => warning(i)))
    planner.after(60)
    expect(planner.shown).toEqual([])
  })
})

describe('six popups a minute', () => {
  const rules = (count: number, from = 1): Alert[] =>
    Array.from({ length: count }, (_, i) => cpu(from + i, { ruleId: anId(300 + from + i) }))

  test('the sixth is a summary of the rest, and takes over what follows', () => {
    const planner = busy()
    planner.fire(...rules(8))
    planner.after(6)
    expect(planner.poppedUp).toHaveLength(6)
    expect(planner.screen['rest']).toBe('[CRITICAL] CPU > 95 % on 3 nodes')
    planner.fire(...rules(2, 20))
    planner.after(12)
    expect([planner.poppedUp.length, planner.screen['rest']]).toEqual([6, '[CRITICAL] CPU > 95 % on 5 nodes'])
    expect(planner.queued).toEqual([])
    planner.after(60)
    planner.fire(...rules(1, 30))
    planner.after(6)
    expect([planner.poppedUp.length, planner.titles.length]).toEqual([7, 7])
  })

  test('what the limit keeps back is shown later, if the summary is closed', () => {
    const planner = busy()
    planner.fire(...rules(8))
    planner.after(6)
    planner.close('rest')
    planner.fire(...rules(1, 20))
    planner.after(30)
    expect([planner.poppedUp.length, planner.queued.length]).toEqual([6, 1])
    planner.after(35)
    expect([planner.poppedUp.length, planner.queued.length]).toEqual([7, 0])
  })
})

describe('flapping', () => {
  const flapping = (node: number): Alert => cpu(node, { flappingSince: plannerStart })

  test('is one notice at its plannerStart, none during it, and one at its end', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(3))
    planner.after(60)
    planner.queue('flapping', flapping(3))
    planner.after(10)
    expect(planner.titles).toEqual(['[FLAPPING] node-3 CPU usage: 5 changes in 10 minutes, now 97.2 %'])
    planner.after(3600)
    expect(planner.poppedUp).toHaveLength(2)
    planner.queue('settled', cpu(3))
    planner.after(10)
    expect(planner.titles).toEqual(['[CRITICAL] node-3 CPU 97.2 % > 95 % for 2 m'])
    expect([planner.poppedUp.length, planner.sounds]).toEqual([3, [[0, 'critical']]])
  })

  test('that ends with the alert is its recovery', () => {
    const planner = new TestPlanner()
    planner.queue('opened', flapping(3))
    planner.after(10)
    planner.resolve(flapping(3))
    planner.after(10)
    expect(planner.titles).toEqual(['Resolved: node-3 CPU 71.0 %'])
  })
})
