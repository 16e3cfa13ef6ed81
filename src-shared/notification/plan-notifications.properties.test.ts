import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNodeAlert, type NodeAlert } from '../alert/alert.ts'
import { anAlert } from '../alert/alert-builders.ts'
import { disturbanceAllowed } from '../do-not-disturb/do-not-disturb.ts'
import { anId } from '../rule/rule-builders.ts'
import { audienceOf } from './audience.ts'
import type { PlannerState } from './notification-plan.ts'
import { TestPlanner } from './planner-builder.ts'

// Whatever happens, in any order.

const nodes = 40
const rules = 9
const idOf = (node: number, rule: number): string => anId(1 + node * rules + rule)

const alertOf = (node: number, rule: number, severity: NodeAlert['severity']): NodeAlert =>
  anAlert({
    id: idOf(node, rule),
    nodeId: `node-${node}`,
    ruleId: anId(1000 + rule),
    severity,
    ...(rule === 0 ? { kind: 'offline', metric: '', value: null, threshold: 60 } : {}),
  })

const node = fc.nat(nodes - 1)
const rule = fc.nat(rules - 1)
const severity = fc.constantFrom<NodeAlert['severity']>('critical', 'critical', 'warning')

type Happening = (planner: TestPlanner) => void
const onFiring =
  (pick: number, happens: (planner: TestPlanner, alert: NodeAlert) => void): Happening =>
  (planner) => {
    const firing = [...planner.firing.values()].filter(isNodeAlert)
    const alert = firing[pick % Math.max(1, firing.length)]
    if (alert) happens(planner, alert)
  }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(node, rule, severity).map(
    ([n, r, s]): Happening =>
      (planner) =>
        planner.firing.has(idOf(n, r)) ? undefined : planner.fire(alertOf(n, r, s)),
  ),
  fc.tuple(rule, fc.integer({ min: 1, max: 30 })).map(
    ([r, count]): Happening =>
      (planner) =>
        planner.fire(
          ...Array.from({ length: count }, (_, n) => alertOf(n, r, 'critical')).filter(
            ({ id }) => !planner.firing.has(id),
          ),
        ),
  ),
  fc.nat().map((pick) => onFiring(pick, (planner, alert) => planner.resolve(alert))),
  fc.nat().map((pick) => onFiring(pick, (planner, alert) => planner.acknowledge(alert))),
  fc.nat().map((pick) => onFiring(pick, (planner, alert) => void planner.silenced.add(alert.id))),
  fc
    .nat()
    .map((pick) => onFiring(pick, (planner, alert) => planner.queue('escalated', { ...alert, severity: 'critical' }))),
  fc
    .nat()
    .map((pick) =>
      onFiring(pick, (planner, alert) => planner.queue('flapping', { ...alert, flappingSince: planner.now })),
    ),
  fc.constant<Happening>((planner) => {
    planner.silenced.clear()
    planner.step()
  }),
  fc.nat().map((pick): Happening => (planner) => {
    const tags = Object.keys(planner.screen)
    const tag = tags[pick % Math.max(1, tags.length)]
    if (tag !== undefined) planner.close(tag)
  }),
  fc.constantFrom(undefined, 'locked', 'shared').map((hidden): Happening => (planner) => {
    planner.hidden = hidden as 'locked' | undefined
    planner.step()
  }),
  fc.constantFrom(true, false, undefined).map((breaks): Happening => (planner) => {
    planner.doNotDisturb =
      breaks === undefined ? disturbanceAllowed : { until: Infinity, criticalBreaksThrough: breaks }
    planner.step()
  }),
  fc.boolean().map(
    (pops): Happening =>
      (planner) =>
        planner.set({ 'notifications.warning': pops, 'sound.warning': pops }),
  ),
  fc.constantFrom('all', 'mine').map(
    (which): Happening =>
      (planner) =>
        planner.set({
          'notifications.nodes': which as 'all',
          'notifications.myNodes': [{ kind: 'node', nodeId: 'node-1' }],
        }),
  ),
  fc.integer({ min: 1, max: 90 }).map(
    (seconds): Happening =>
      (planner) =>
        planner.after(seconds),
  ),
)

function newPlanner(): TestPlanner {
  return new TestPlanner({
    'notifications.warning': true,
    'sound.repeat': 'repeat',
    'notifications.reminderMinutes': 2,
  })
}

/** Alert ids in popups on the screen, without digests: those say what was. */
function idsOnScreen({ popups }: PlannerState): string[] {
  const visible = [...popups.values()].filter(
    ({ isClosed, popup: { kind } }) => !isClosed && kind !== 'away' && kind !== 'held-back',
  )
  return visible.flatMap(({ popup }) => popup.items.map(({ alert }) => alert.id))
}

function everyPlan(check: (planner: TestPlanner) => void): void {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 5, maxLength: 60 }), (happenings) => {
      const planner = newPlanner()
      for (const happens of happenings) {
        happens(planner)
        check(planner)
      }
    }),
    { numRuns: 60 },
  )
}

test('no alert is in two popups', () => {
  everyPlan(({ state }) => {
    const ids = idsOnScreen(state)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('no minute has more than six popups', () => {
  everyPlan(({ poppedUp }) => {
    for (const [at] of poppedUp.slice(-6)) {
      expect(poppedUp.filter(([other]) => other >= at && other < at + 60).length).toBeLessThanOrEqual(6)
    }
  })
})

test('what is on the screen fires, and nothing else: every count is the one of now', () => {
  everyPlan((planner) => {
    planner.step()
    const audience = audienceOf(planner.facts())
    for (const { popup } of planner.state.popups.values()) {
      for (const { alert } of popup.items) {
        if (popup.kind === 'resolved') expect(alert.phase).toBe('resolved')
        else if (popup.kind !== 'held-back') expect(audience.counts(planner.firing.get(alert.id) ?? alert)).toBe(true)
      }
    }
    if (planner.doNotDisturb.until !== undefined) return
    planner.after(6)
    // Another popup may have taken an alert over since the last drawing: the next one comes 5 s after it.
    const drawn = [...planner.state.popups.values()].filter(
      ({ isClosed, drawnAt }) => !isClosed && planner.now - drawnAt >= 5000,
    )
    for (const { popup } of drawn) {
      const count = /on (\d+) nodes?$/.exec(popup.title)?.[1]
      if (count === undefined || popup.kind === 'resolved') continue
      expect(new Set(popup.items.map(({ alert }) => alert.nodeId)).size).toBe(Number(count))
    }
  })
})

test('nothing that wants a popup stays without one while the console is live', () => {
  everyPlan((planner) => {
    planner.doNotDisturb = disturbanceAllowed
    planner.step()
    planner.after(900)
    const audience = audienceOf(planner.facts())
    const waiting = planner.queued.filter(
      ({ alert, transition }) => transition !== 'resolved' && audience.popsUp(alert),
    )
    expect(waiting.map(({ alert }) => alert.id)).toEqual([])
  })
})

test('a sound is for an alert that pops up, that nobody has acknowledged, and that nothing mutes', () => {
  everyPlan((planner) => expect(planner.wrongSounds).toEqual([]))
})
