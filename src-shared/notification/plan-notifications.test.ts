import { describe, expect, test } from 'vitest'
import type { NodeAlert } from '../alert/alert.ts'
import { anAlert } from '../alert/alert-builders.ts'
import { anId } from '../rule/rule-builders.ts'
import { TestPlanner } from './planner-builder.ts'

// When popups pop up, change and go. Their words are in popup-words.test.ts.

const start = 1_764_000_000_000
const memoryRule = anId(902)

/** A CPU alert of the node with this number. */
const cpu = (node: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: anId(node), nodeId: `node-${node}`, nodeName: `Server-${node}`, since: start - 220_000, ...change })
const memory = (node: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  cpu(node, { id: anId(100 + node), ruleId: memoryRule, metric: 'memory_usage', ...change })
const warning = (node: number): NodeAlert => cpu(node, { severity: 'warning', threshold: 85, value: 90 })
const offline = (node: number): NodeAlert =>
  cpu(node, { id: anId(200 + node), ruleId: anId(903), kind: 'offline', metric: '', value: null, threshold: 60 })
const many = (count: number, from = 1): NodeAlert[] => Array.from({ length: count }, (_, i) => cpu(from + i))

/** A console that showed a popup a moment ago: no quiet hour. */
function busy(settings: ConstructorParameters<typeof TestPlanner>[0] = {}): TestPlanner {
  const planner = new TestPlanner(settings)
  planner.state = { ...planner.state, lastAlertAt: start - 60_000 }
  return planner
}

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
  const rules = (count: number, from = 1): NodeAlert[] =>
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
  const flapping = (node: number): NodeAlert => cpu(node, { flappingSince: start })

  test('is one notice at its start, none during it, and one at its end', () => {
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

  test.each<[string, NodeAlert, number]>([
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
    planner.state = { ...planner.state, notifiedAt: new Map([[anId(1), start - 600_000]]) }
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
