import { describe, expect, test } from 'vitest'
import { anId } from '../rule/rule-builders.ts'
import { busy, cpu, many, memory, offline, TestPlanner, warning } from './planner-builder.ts'
// When popups of groups pop up, change and go. Their words are in popup-text.test.ts.

describe('a group', () => {
  test('the first critical alert of a quiet hour pops up at once, with a sound', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(17))
    expect([planner.poppedUp, planner.sounds]).toEqual([
      [[0, '[CRITICAL] node-17 CPU 97.2 % > 95 % for 2 m']],
      [[0, 'critical']],
    ])
  })

  test('after another popup within the hour, it waits for others of its rule and severity', () => {
    const planner = busy()
    planner.fire(cpu(1))
    planner.after(3)
    planner.fire(cpu(2), cpu(3))
    planner.after(10)
    expect(planner.poppedUp).toEqual([[5, '[CRITICAL] CPU > 95 % on 3 nodes']])
    expect(planner.settled).toHaveLength(3)
  })

  test('an hour after the last popup of an alert, the next one waits for none', () => {
    const planner = new TestPlanner({ 'notifications.reminderMinutes': 0 })
    planner.fire(cpu(1))
    planner.resolve(cpu(1))
    planner.after(3599)
    planner.fire(memory(2))
    planner.after(10)
    planner.resolve(memory(2))
    planner.after(3600)
    planner.fire(cpu(3))
    planner.after(10)
    expect(planner.poppedUp.map(([at]) => at)).toEqual([0, 5, 3604, 3614, 7209])
  })

  test.each([
    [{ 'notifications.criticalWaitSeconds': 0 }, 0],
    [{ 'notifications.criticalWaitSeconds': 20 }, 20],
  ])('waits as the setting says: %j', (settings, second) => {
    const planner = busy(settings)
    planner.fire(cpu(1))
    planner.after(60)
    expect(planner.poppedUp.map(([at]) => at)).toEqual([second])
  })

  test('warnings do not pop up; with the setting they do, after 30 s', () => {
    const quiet = new TestPlanner()
    quiet.fire(warning(1))
    quiet.after(60)
    expect([quiet.poppedUp, quiet.dropped]).toEqual([[], [`${anId(1)} opened`]])
    const planner = new TestPlanner({ 'notifications.warning': true })
    planner.fire(warning(1), warning(2))
    planner.after(60)
    expect([planner.poppedUp, planner.sounds]).toEqual([[[30, '[WARNING] CPU > 85 % on 2 nodes']], []])
  })

  test('each rule and severity has its own', () => {
    const planner = busy({ 'notifications.warning': true })
    planner.fire(cpu(1), cpu(2), memory(1), warning(3))
    planner.after(60)
    expect(planner.poppedUp.map(([at]) => at)).toEqual([5, 5, 30])
    expect(planner.titles).toHaveLength(3)
  })

  test('an alert that joins is on the screen within 5 s, without a sound; the sound comes after a minute', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    planner.after(2)
    planner.fire(cpu(2))
    planner.after(4)
    expect([planner.titles, planner.sounds, planner.settled.length]).toEqual([
      ['[CRITICAL] CPU > 95 % on 2 nodes'],
      [[0, 'critical']],
      2,
    ])
    planner.after(60)
    expect(planner.shown.map(({ at, isUpdate }) => [at, isUpdate])).toEqual([[0, false], [5, true], [60, false]]) // prettier-ignore
    expect(planner.sounds).toEqual([[0, 'critical'], [60, 'critical']]) // prettier-ignore
  })

  test('an alert that joins and is over within the minute does not pop up again', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    planner.fire(cpu(2))
    planner.after(10)
    planner.resolve(cpu(2))
    planner.after(120)
    expect(planner.poppedUp.filter(([, title]) => title.includes('CRITICAL'))).toHaveLength(1)
    expect(planner.titles[0]).toBe('[CRITICAL] node-1 CPU 97.2 % > 95 % for 2 m')
  })

  test('one that the operator closed comes back with the next alert, at most each minute', () => {
    const planner = new TestPlanner()
    planner.fire(cpu(1), cpu(2))
    const [tag = ''] = Object.keys(planner.screen)
    planner.close(tag)
    planner.change(cpu(1, { threshold: 96 }))
    planner.after(30)
    planner.fire(cpu(3))
    planner.after(29)
    expect([planner.titles, planner.shown.length]).toEqual([[], 1])
    planner.after(2)
    expect(planner.poppedUp.map(([at]) => at)).toEqual([0, 60])
    expect(planner.titles).toEqual(['[CRITICAL] CPU on 3 nodes'])
  })

  test('an alert that escalates leaves the popup of the warnings', () => {
    const planner = busy({ 'notifications.warning': true })
    planner.fire(warning(1), warning(2))
    planner.after(60)
    planner.queue('escalated', cpu(1))
    planner.after(10)
    expect(planner.titles.toSorted()).toEqual([
      '[CRITICAL] node-1 CPU 97.2 % > 95 % for 2 m',
      '[WARNING] node-2 CPU 90.0 % > 85 % for 2 m',
    ])
  })

  test('each offline node has a popup of its own; what was measured there has none', () => {
    const planner = busy()
    planner.fire(cpu(1), memory(1), offline(1), offline(2))
    planner.after(10)
    expect(planner.titles).toEqual(['[CRITICAL] node-1 is offline', '[CRITICAL] node-2 is offline'])
    planner.change({ ...offline(1), phase: 'resolved', resolvedAt: planner.now, resolveReason: 'data-returned' })
    planner.after(10)
    expect(planner.titles.toSorted()).toEqual([
      '[CRITICAL] node-1 CPU 97.2 % > 95 % for 2 m',
      '[CRITICAL] node-1 Memory 97.2 % > 95 % for 2 m',
      '[CRITICAL] node-2 is offline',
    ])
  })
})

describe('what is over leaves the screen', () => {
  test.each<[string, (planner: TestPlanner) => void]>([
    ['ended', (planner) => planner.resolve(cpu(1))],
    ['eased', (planner) => planner.change(cpu(1, { severity: 'warning', threshold: 85 }))],
    ['is acknowledged', (planner) => planner.acknowledge(cpu(1))],
    ['is inhibited', (planner) => planner.change(offline(1))],
    ['is silenced', (planner) => void planner.silenced.add(anId(1))],
    ['is filtered by its severity', (planner) => planner.set({ 'notifications.critical': false })],
    ['is filtered by its node', (planner) => planner.set({ 'notifications.nodes': 'mine' })],
  ])('an alert that %s', (_, happens) => {
    const planner = new TestPlanner()
    planner.fire(cpu(1))
    expect(planner.titles).toHaveLength(1)
    happens(planner)
    planner.after(6)
    expect(planner.titles.filter((title) => !title.startsWith('Resolved'))).toEqual([])
  })

  test('of a group the others stay, with the count of now', () => {
    const planner = new TestPlanner()
    planner.fire(...many(5))
    planner.resolve(cpu(2))
    planner.acknowledge(cpu(3))
    planner.after(6)
    expect(planner.titles).toContain('[CRITICAL] CPU > 95 % on 3 nodes')
  })

  test('a silenced alert waits, and pops up when no silence matches any more', () => {
    const planner = new TestPlanner()
    planner.silenced.add(anId(1))
    planner.fire(cpu(1))
    planner.after(60)
    expect([planner.titles, planner.sounds]).toEqual([[], []])
    planner.silenced.clear()
    planner.after(6)
    expect(planner.titles).toHaveLength(1)
  })

  test('an alert that ended while it was silenced is dropped', () => {
    const planner = new TestPlanner()
    planner.silenced.add(anId(1))
    planner.fire(cpu(1))
    planner.resolve(cpu(1))
    planner.after(60)
    expect([planner.shown, planner.queued]).toEqual([[], []])
  })
})

describe('my nodes', () => {
  test('what is filtered is dropped without a popup and without a sound', () => {
    const planner = new TestPlanner({
      'notifications.nodes': 'mine',
      'notifications.myNodes': [{ kind: 'node', nodeId: 'node-2' }],
    })
    planner.fire(cpu(1))
    planner.after(60)
    expect([planner.shown, planner.sounds, planner.dropped]).toEqual([[], [], [`${anId(1)} opened`]])
    planner.fire(cpu(2))
    expect(planner.titles).toHaveLength(1)
  })
})
