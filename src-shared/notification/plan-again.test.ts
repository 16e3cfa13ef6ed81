import { describe, expect, test } from 'vitest'
import type { Alert } from '../alert/alert.ts'
import { anId } from '../rule/rule-builders.ts'
import { busy, cpu, many, memory, plannerStart, TestPlanner, warning } from './planner-builder.ts'
// What follows the first popup of an alert, and what holds it back.

describe('a recovery', () => {
  test('is a quiet popup, which replaces the critical one', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(17))
    planner.after(150)
    planner.resolve(cpu(17))
    planner.after(10)
    const [, recovery] = planner.shown
    expect([planner.titles, recovery?.popup.urgency, recovery?.popup.as]).toEqual([
      ['Resolved: node-17 CPU 71.0 %'],
      'low',
      'resolved',
    ])
    expect(planner.sounds).toEqual([[0, 'critical']])
  })

  test('is none if the beginning was never shown', () => {
    const planner = busy()
    planner.fire(cpu(1))
    planner.after(2)
    planner.resolve(cpu(1))
    planner.after(60)
    expect([planner.shown, planner.queued]).toEqual([[], []])
  })

  test.each<[string, Alert, number]>([
    ['off', cpu(1), 0],
    ['critical', cpu(1), 1],
    ['critical', warning(1), 0],
    ['all', warning(1), 1],
  ])('as the setting %s says: %#', (resolved, alert, count) => {
    const planner = busy({ 'notifications.resolved': resolved as 'off', 'notifications.warning': true })
    planner.fire(alert)
    planner.after(60)
    planner.resolve(alert)
    planner.after(60)
    expect(planner.titles.filter((title) => title.startsWith('Resolved'))).toHaveLength(count)
  })

  test('of an alert that eased before: it was shown as critical', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    planner.change(warning(1))
    planner.after(60)
    planner.resolve(warning(1))
    planner.after(10)
    expect(planner.titles).toEqual(['Resolved: node-1 CPU 71.0 %'])
  })

  test('several within seconds are one popup', () => {
    const planner = new TestPlanner()
    planner.fire(...many(3))
    for (const alert of many(3)) {
      planner.resolve(alert)
      planner.after(1)
    }
    planner.after(30)
    expect(planner.titles).toEqual(['Resolved: CPU on 3 nodes'])
  })

  test('is no popup if its series fires again within the wait for others', () => {
    const planner = busy()
    planner.fire(cpu(1))
    planner.after(60)
    planner.resolve(cpu(1))
    planner.after(1)
    planner.fire({ ...cpu(1), id: anId(101) })
    planner.after(60)
    expect(planner.titles).toHaveLength(1)
    expect(planner.titles[0]).toMatch(/^\[CRITICAL\] node-1 CPU/)
    expect(planner.queued).toEqual([])
  })

  test('is settled without a popup while its alert is silenced', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    planner.silenced.add(anId(1))
    planner.resolve(cpu(1))
    planner.after(60)
    expect([planner.titles, planner.queued]).toEqual([[], []])
  })

  test('has a sound only by the setting', () => {
    const planner = new TestPlanner({ 'sound.resolved': true })
    planner.fire(cpu(1))
    planner.after(60)
    planner.resolve(cpu(1))
    planner.after(60)
    expect(planner.sounds).toEqual([[0, 'critical'], [65, 'resolved']]) // prettier-ignore
  })
})

describe('a reminder', () => {
  test('replaces the popup of a critical alert that nobody has acknowledged, with its value of now', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(17))
    planner.values.set(anId(17), 98)
    planner.after(900)
    expect(planner.poppedUp).toEqual([
      [0, '[CRITICAL] node-17 CPU 97.2 % > 95 % for 2 m'],
      [900, '[CRITICAL] node-17 CPU still 98.0 % > 95 %'],
    ])
    expect([planner.titles.length, planner.sounds.length]).toEqual([1, 2])
    expect(planner.shown.at(-1)?.popup.as).toBe('reminder')
    planner.after(899)
    expect(planner.poppedUp).toHaveLength(2)
    planner.after(2)
    expect(planner.poppedUp).toHaveLength(3)
  })

  test.each([
    ['off', { 'notifications.reminderMinutes': 0 }, []],
    ['each 5 minutes', { 'notifications.reminderMinutes': 5 }, [300, 600, 900]],
  ])('comes as the setting says: %s', (_, settings, seconds) => {
    const planner = new TestPlanner(settings)
    planner.fire(cpu(1))
    planner.after(1000)
    expect(planner.poppedUp.slice(1).map(([at]) => at)).toEqual(seconds)
  })

  test('is one for a group, and none for what is acknowledged or only a warning', () => {
    const planner = busy({ 'notifications.warning': true })
    planner.fire(...many(4), warning(9))
    planner.after(60)
    planner.acknowledge(cpu(1))
    planner.after(900)
    const reminders = planner.shown.filter(({ popup }) => popup.isReminder && !popup.isUpdate)
    expect(reminders.map(({ title }) => title)).toEqual(['[CRITICAL] CPU still > 95 % on 3 nodes'])
  })

  test('goes on after a restart, and comes back for a popup that was closed', () => {
    const planner = new TestPlanner()
    planner.firing.set(anId(1), cpu(1))
    planner.state = { ...planner.state, notifiedAt: new Map([[anId(1), plannerStart - 600_000]]) }
    planner.step()
    planner.after(400)
    expect(planner.poppedUp).toEqual([[300, '[CRITICAL] node-1 CPU still 97.2 % > 95 %']])
    planner.close(Object.keys(planner.screen)[0] ?? '')
    planner.after(900)
    expect(planner.poppedUp.map(([at]) => at)).toEqual([300, 1200])
  })
})

describe('a locked screen', () => {
  test('shows a count without names and buttons; the text replaces it after unlocking', () => {
    const planner = new TestPlanner()
    planner.hidden = 'locked'
    planner.fire(cpu(17))
    expect(planner.shown.map(({ title, body, popup }) => [title, body, popup.buttons])).toEqual([
      ['1 critical alert', 'Unlock to see it.', []],
    ])
    planner.hidden = undefined
    planner.step()
    expect([planner.titles, planner.shown.at(-1)?.isUpdate]).toEqual([
      ['[CRITICAL] node-17 CPU 97.2 % > 95 % for 2 m'],
      true,
    ])
    planner.hidden = 'locked'
    planner.step()
    expect(planner.titles).toEqual(['1 critical alert'])
  })

  test.each<[string, (planner: TestPlanner) => void, string]>([
    ['many', (planner) => planner.fire(...many(4)), '4 critical alerts'],
    ['a storm', (planner) => planner.fire(...many(21), warning(99)), '21 critical alerts, 1 warning'],
  ])('%s', (_, happens, title) => {
    const planner = new TestPlanner()
    planner.hidden = 'locked'
    happens(planner)
    expect(planner.titles).toEqual([title])
  })
})

describe('do not disturb', () => {
  test('lets critical alerts through, and holds the rest for one digest', () => {
    const planner = new TestPlanner()
    planner.doNotDisturb = { until: Infinity, criticalBreaksThrough: true }
    planner.fire(cpu(1), warning(2))
    planner.resolve(cpu(1))
    planner.after(60)
    expect(planner.poppedUp).toHaveLength(1)
    planner.doNotDisturb = disturbanceOver
    planner.heldBack = { blind: [], forMs: 3_600_000 }
    planner.step()
    expect(planner.shown.at(-1)).toMatchObject({
      title: 'Do not disturb ended after 1 h',
      body: '1 warning fired. 1 still fires: node-2 CPU 90.0 %. 1 from before resolved.',
    })
    expect([planner.queued, planner.sounds]).toEqual([[], [[0, 'critical']]])
  })

  const disturbanceOver = { until: undefined, criticalBreaksThrough: true }
})

describe('the clock is set back', () => {
  test('neither the limit, nor a group, nor a reminder is blocked', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    planner.now -= 3_600_000
    planner.fire(memory(2))
    planner.after(10)
    planner.fire(cpu(3))
    planner.after(70)
    expect(planner.poppedUp.length).toBe(3)
    planner.after(1000)
    expect(planner.shown.some(({ popup }) => popup.isReminder)).toBe(true)
  })
})
