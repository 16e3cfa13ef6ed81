import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AlertFacts,
  type ChannelFacts,
  type ChannelPlan,
  planChannel,
  type TrackedAlert,
  type TrackedState,
} from './plan-channel.ts'

const afterMs = 300_000
const now = 1_000_000_000
const critical: AlertFacts = { isFiring: true, isCritical: true, isHeld: false, isShown: false }
const warning: AlertFacts = { ...critical, isCritical: false }
const resolved: AlertFacts = { ...warning, isFiring: false }
const shown: AlertFacts = { ...critical, isShown: true }
const held: AlertFacts = { ...critical, isHeld: true }

const aTracked = (state: TrackedState, change: Partial<TrackedAlert> = {}): TrackedAlert => ({
  alertId: 'a',
  state,
  countedFrom: now - afterMs,
  held: false,
  messageId: state === 'sending' || state === 'ending' ? 'old' : undefined,
  ...change,
})
const factsOf = (change: Partial<ChannelFacts> = {}): ChannelFacts => ({
  now,
  isTurnedOn: false,
  isRetargeted: false,
  afterMs,
  mayMakeMessage: true,
  alerts: new Map(),
  tracked: [],
  waiting: undefined,
  ...change,
})
const waiting = { id: 'old', isClaimed: false }

/** The state after a run, and what is in the new message; `forgotten` if it is no longer tracked. */
function run(tracked: TrackedAlert, alert: AlertFacts, change: Partial<ChannelFacts> = {}) {
  const plan = planChannel(factsOf({ tracked: [tracked], alerts: new Map([['a', alert]]), ...change }), 'new')
  const [after = plan.forget.includes('a') ? undefined : tracked] = plan.track
  return {
    state: after?.state ?? 'forgotten',
    message: plan.message?.about ?? [],
    replaces: plan.replaces,
    after,
    plan,
  }
}

/** Before, what is true, the state after, and whether it is in the new message. */
type Case = [TrackedAlert, AlertFacts, Partial<ChannelFacts>, TrackedState | 'forgotten', boolean]

describe('one alert', () => {
  test.each<[string, ...Case]>([
    ['is due', aTracked('watched'), critical, {}, 'sending', true],
    ['is not due yet', aTracked('watched', { countedFrom: now - afterMs + 1 }), critical, {}, 'watched', false],
    ['was shown', aTracked('watched'), shown, {}, 'watched', false],
    ['is held', aTracked('watched'), held, {}, 'watched', false],
    ['waits for the minute', aTracked('watched'), critical, { mayMakeMessage: false }, 'watched', false],
    ['has ended unsent', aTracked('watched'), resolved, {}, 'forgotten', false],
    ['is a warning again', aTracked('watched'), warning, {}, 'forgotten', false],
    ['is from before', aTracked('exempt'), critical, {}, 'exempt', false],
    ['from before has ended', aTracked('exempt'), resolved, {}, 'forgotten', false],
    ['is in a message', aTracked('sending'), critical, { waiting }, 'sending', false],
    ['in a message has ended', aTracked('sending'), resolved, { waiting }, 'forgotten', false],
    ['in a message was shown', aTracked('sending'), shown, { waiting }, 'watched', false],
    [
      'in a message on its way was shown',
      aTracked('sending'),
      shown,
      { waiting: { id: 'old', isClaimed: true } },
      'sending',
      false,
    ],
    ['was sent', aTracked('sent'), critical, {}, 'sent', false],
    ['was sent and is a warning', aTracked('sent'), warning, {}, 'sent', false],
    ['was sent and has ended', aTracked('sent'), resolved, {}, 'ending', true],
    ['was sent and has ended, in that minute', aTracked('sent'), resolved, { mayMakeMessage: false }, 'sent', false],
    ['has its end in a message', aTracked('ending'), resolved, { waiting }, 'ending', false],
    ['was given up', aTracked('given-up'), critical, {}, 'given-up', false],
    ['was given up at another address', aTracked('given-up'), critical, { isRetargeted: true }, 'sending', true],
    ['was given up and has ended', aTracked('given-up'), resolved, {}, 'forgotten', false],
    ['is watched when the channel is turned on', aTracked('watched'), critical, { isTurnedOn: true }, 'exempt', false],
    [
      'is in a message when the channel is turned on',
      aTracked('sending'),
      critical,
      { isTurnedOn: true, waiting },
      'exempt',
      false,
    ],
    ['was sent before the channel was off', aTracked('sent'), resolved, { isTurnedOn: true }, 'forgotten', false],
  ])('that %s', (_, ...[tracked, alert, change, state, isInMessage]) => {
    const { plan: _plan, after: _after, ...seen } = run(tracked, alert, change)
    expect(seen).toMatchObject({ state, message: isInMessage ? ['a'] : [] })
  })

  test('that is new counts from now', () => {
    const plan = planChannel(factsOf({ alerts: new Map([['a', held]]) }), 'new')
    expect(plan.track).toEqual([aTracked('watched', { countedFrom: now, held: true })])
    expect(planChannel(factsOf({ alerts: new Map([['a', critical]]), isTurnedOn: true }), 'new').track).toMatchObject([
      { state: 'exempt' },
    ])
  })

  test('counts from the end of its acknowledgement, silence or inhibition', () => {
    expect(run(aTracked('watched', { held: true }), critical).after).toEqual(aTracked('watched', { countedFrom: now }))
    expect(run(aTracked('watched'), held).after).toEqual(aTracked('watched', { held: true }))
  })

  test('that is no longer critical has to be shown again', () => {
    expect(run(aTracked('watched'), warning).plan.forgetShown).toEqual(['a'])
    expect(run(aTracked('watched'), resolved).plan.forgetShown).toEqual([])
  })
})

describe('the message that waits', () => {
  const two = (other: AlertFacts, change: Partial<ChannelFacts> = {}) =>
    planChannel(
      factsOf({
        tracked: [aTracked('sending'), aTracked('sending', { alertId: 'b' })],
        alerts: new Map([
          ['a', critical],
          ['b', other],
        ]),
        waiting,
        ...change,
      }),
      'new',
    )

  test('is replaced by one without the alerts that ended', () => {
    expect(two(resolved)).toMatchObject({ message: { about: ['a'], isNew: false }, replaces: 'old', forget: ['b'] })
  })

  test('is deleted if none is left', () => {
    expect(run(aTracked('sending'), resolved, { waiting })).toMatchObject({ message: [], replaces: 'old' })
  })

  test('stays as it is while nothing changes', () => {
    expect(two(critical)).toMatchObject({ message: undefined, replaces: undefined, track: [] })
  })

  test('is replaced by one with an alert that is due, not before a minute has passed', () => {
    const alerts = new Map([
      ['a', critical],
      ['c', critical],
    ])
    const tracked = [aTracked('sending'), aTracked('watched', { alertId: 'c' })]
    const facts = factsOf({ tracked, alerts, waiting })
    expect(planChannel(facts, 'new')).toMatchObject({
      message: { about: ['a', 'c'], isNew: true },
      replaces: 'old',
      track: [
        { alertId: 'a', state: 'sending', messageId: 'new' },
        { alertId: 'c', state: 'sending', messageId: 'new' },
      ],
    })
    for (const change of [{ mayMakeMessage: false }, { waiting: { id: 'old', isClaimed: true } }]) {
      expect(planChannel({ ...facts, ...change }, 'new')).toMatchObject({ message: undefined, track: [] })
    }
  })
})

interface Chance {
  readonly alert: AlertFacts
  readonly minutes: number
  readonly isClaimed: boolean
  readonly outcome: 'delivered' | 'failed' | 'given-up'
  readonly isRetargeted: boolean
}

/** One alert, its message, and what the receiver accepted. */
class Life {
  tracked: TrackedAlert | undefined
  readonly delivered: TrackedState[] = []
  #message: string | undefined
  #now = now
  #isOver = false

  step({ alert, minutes, isClaimed, outcome, isRetargeted }: Chance): void {
    this.#isOver ||= !alert.isFiring
    this.#now += minutes * 60_000
    // An id that has resolved never fires again.
    const alerts = new Map([['a', this.#isOver ? resolved : alert]])
    const waits = this.#message === undefined ? undefined : { id: this.#message, isClaimed }
    const tracked = this.tracked ? [this.tracked] : []
    this.#apply(
      planChannel(factsOf({ now: this.#now, isRetargeted, alerts, tracked, waiting: waits }), `m${this.#now}`),
    )
    if (this.#message !== undefined && outcome !== 'failed') this.#settle(outcome)
  }

  #apply({ forget, track, replaces, message }: ChannelPlan): void {
    this.tracked = forget.includes('a') ? undefined : (track[0] ?? this.tracked)
    if (replaces !== undefined) this.#message = undefined
    if (message) this.#message = this.tracked?.messageId
    expect(this.tracked?.messageId).toBe(this.#message)
  }

  #settle(outcome: 'delivered' | 'given-up'): void {
    this.#message = undefined
    if (!this.tracked) return
    if (outcome === 'delivered') this.delivered.push(this.tracked.state)
    const state = outcome === 'delivered' ? 'sent' : 'given-up'
    this.tracked = this.tracked.state === 'ending' ? undefined : { ...this.tracked, state, messageId: undefined }
  }
}

test('whatever happens, an alert is delivered as firing at most once, and as resolved only after that', () => {
  const chance: fc.Arbitrary<Chance> = fc.record({
    alert: fc.constantFrom(critical, critical, critical, warning, resolved, shown, held),
    minutes: fc.integer({ min: 0, max: 10 }),
    isClaimed: fc.boolean(),
    outcome: fc.constantFrom('delivered', 'failed', 'given-up'),
    isRetargeted: fc.boolean(),
  })
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.array(chance, { maxLength: 40 }), (chances) => {
      const life = new Life()
      for (const one of chances) life.step(one)
      seen.add(life.delivered.join(','))
    }),
    { numRuns: 2_000 },
  )
  expect([...seen].toSorted()).toEqual(['', 'sending', 'sending,ending'])
})
