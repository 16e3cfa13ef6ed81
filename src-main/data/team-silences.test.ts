import { afterEach, describe, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { silenceCodec } from '#shared/codec/domain-codecs.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { silenceKey } from '#shared/silence/silence-key.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import type { ActionResult } from '../threads/data-calls.ts'
import { only, TestEngine } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

// Silences of a team: the records of the backend, and what this console changed since.

const t0 = 1_764_000_000_000
const hourMs = 3_600_000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aTeamConsole(readerLevel?: number) {
  const fixture = new TestEngine({ now: t0, hasBackend: true, ...(readerLevel === undefined ? {} : { readerLevel }) })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  backend.publishRule(aRule())
  return { fixture, backend }
}

const draft: SilenceDraft = {
  matchers: [aMatcher('node', '=', 'node-1')],
  schedule: { kind: 'once', startsAt: t0, endsAt: t0 + hourMs },
  comment: 'disk swap',
}
const aTeamSilence = (change: Partial<Silence> = {}): Silence => aSilence({ ...draft, createdAt: t0, ...change })
const publish = (backend: TestBackend, silence: Silence): void =>
  backend.publish('alerts', silenceKey(silence.id), silenceCodec.encode(silence))
const save = (fixture: TestEngine, edited: { id?: string; version?: number; comment?: string } = {}): Silence => {
  const { comment = draft.comment, ...which } = edited
  return fixture.call('silences.save', { ...which, draft: { ...draft, comment }, by: 'kim', at: fixture.now })
}
const expire = (fixture: TestEngine, id: string): Silence =>
  fixture.call('silences.expire', { id, by: 'kim', at: fixture.now })
/** `comment@version` of each silence, "ended" if it was. */
const listOf = (fixture: TestEngine): string[] =>
  fixture
    .call('silences.list', {})
    .map(({ comment, version, expiredAt }) => `${comment}@${version}${expiredAt === undefined ? '' : ' ended'}`)
const actionsOf = (fixture: TestEngine): string[] =>
  fixture.call('actions.list', {}).map(({ change, state }) => `${change.kind} ${state}`)
/** The answer of the backend to the oldest action that waits. */
function answer(fixture: TestEngine, outcome: ActionResult): void {
  const [action] = fixture.call('actions.list', {}).filter(({ state }) => state === 'waiting')
  fixture.call('actions.settle', { id: action?.id ?? '', outcome })
}
const done = (silenceVersion: number): ActionResult => ({ state: 'done', silenceVersion })

describe('a record', () => {
  test('is in effect, the higher version wins, and reading again changes nothing', () => {
    const { fixture, backend } = aTeamConsole()
    publish(backend, aTeamSilence())
    publish(backend, aTeamSilence({ version: 3, comment: 'longer' }))
    publish(backend, aTeamSilence({ version: 2, comment: 'late' }))
    backend.publishAgain('alerts')
    fixture.restart()
    expect(listOf(fixture)).toEqual(['longer@3'])
    expect(fixture.emittedOf('silences.changed').map((list) => list.length)).toEqual([0, 1, 1, 1])
  })

  test('that is deleted is gone', () => {
    const { fixture, backend } = aTeamConsole()
    publish(backend, aTeamSilence())
    backend.publish('alerts', silenceKey(aTeamSilence().id), null)
    expect(listOf(fixture)).toEqual([])
    fixture.restart()
    expect(listOf(fixture)).toEqual([])
  })

  test('that cannot be read is rejected with its reason', () => {
    const { fixture, backend } = aTeamConsole()
    const key = silenceKey(aTeamSilence().id)
    backend.publish('alerts', key, { ...aTeamSilence(), matchers: [] })
    backend.publish('alerts', silenceKey('another'), silenceCodec.encode(aTeamSilence()))
    expect(fixture.call('rejectedRecords.list', { limit: 10 }).map(({ reason }) => reason)).toEqual([
      'id: expected the silence of the key',
      expect.stringMatching(/^matchers: /),
    ])
    expect(listOf(fixture)).toEqual([])
  })

  test('that needs a newer version waits for the upgrade, and the older one stays in effect', () => {
    const { fixture, backend } = aTeamConsole(4)
    publish(backend, aTeamSilence())
    const content = { ...aTeamSilence({ version: 2, comment: 'new meaning' }), needs: 6, needsVersion: '0.3' }
    backend.publish('alerts', silenceKey(content.id), content)
    expect(listOf(fixture)).toEqual(['disk swap@1'])
    expect(fixture.call('health.report', {}).notices.map(({ text }) => text)).toEqual([
      'Alerts here need ReMo 0.3 or newer; this version shows the alerts it understands.',
    ])
    fixture.readerLevel = 6
    fixture.restart()
    expect(listOf(fixture)).toEqual(['new meaning@2'])
    expect(fixture.call('health.report', {}).notices).toEqual([])
  })

  test('of another database or another team does not count any more, and no waiting change does', () => {
    const { fixture, backend } = aTeamConsole()
    backend.database = '11111111-1111-4111-8111-111111111111'
    publish(backend, aTeamSilence({ comment: 'of the first' }))
    save(fixture, { comment: 'not sent' })
    backend.database = '22222222-2222-4222-8222-222222222222'
    publish(backend, aTeamSilence({ id: '51e0ce00-0000-4000-8000-000000000002', comment: 'of the second' }))
    expect(listOf(fixture)).toEqual(['of the second@1'])
    expect(actionsOf(fixture)).toEqual(['save-silence refused'])
    fixture.restart('blue')
    expect(listOf(fixture)).toEqual([])
    fixture.restart()
    expect(listOf(fixture)).toEqual([])
  })

  test('of a log that was created again counts, whatever its version; until then the known one stays', () => {
    const { fixture, backend } = aTeamConsole()
    publish(backend, aTeamSilence({ version: 7 }))
    backend.startOver('alerts')
    expect(listOf(fixture)).toEqual(['disk swap@7'])
    fixture.restart()
    publish(backend, aTeamSilence({ version: 2, comment: 'restored' }))
    expect(listOf(fixture)).toEqual(['restored@2'])
  })
})

describe('a change made here', () => {
  test('is in effect at once, through a restart, and until the record shows it', () => {
    const { fixture, backend } = aTeamConsole()
    const silence = save(fixture)
    expect([listOf(fixture), actionsOf(fixture)]).toEqual([['disk swap@1'], ['save-silence waiting']])
    fixture.restart()
    expect(fixture.call('silences.list', {})).toEqual([silence])
    answer(fixture, done(1))
    expect([listOf(fixture), actionsOf(fixture)]).toEqual([['disk swap@1'], []])
    fixture.restart()
    expect(fixture.call('silences.list', {})).toEqual([silence])
    publish(backend, { ...silence, createdAt: t0 - 5 })
    expect(fixture.call('silences.list', {})).toEqual([{ ...silence, createdAt: t0 - 5 }])
    expect(fixture.store.team.silenceActions()).toEqual([])
  })

  test('whose record is read before the answer leaves nothing behind', () => {
    const { fixture, backend } = aTeamConsole()
    const silence = save(fixture)
    publish(backend, { ...silence, comment: 'as the backend has it' })
    expect(listOf(fixture)).toEqual(['disk swap@1'])
    answer(fixture, done(1))
    expect(listOf(fixture)).toEqual(['as the backend has it@1'])
    expect(fixture.store.team.silenceActions()).toEqual([])
  })

  test('that is refused is undone, with the reason in the list', () => {
    const { fixture, backend } = aTeamConsole()
    publish(backend, aTeamSilence())
    save(fixture, { id: aTeamSilence().id, version: 1, comment: 'mine' })
    fixture.now += 1000
    save(fixture, { comment: 'new' })
    expect(listOf(fixture)).toEqual(['new@1', 'mine@2'])
    answer(fixture, { state: 'refused', problem: 'Your role cannot do this.' })
    answer(fixture, { state: 'refused', problem: 'Your role cannot do this.' })
    expect(listOf(fixture)).toEqual(['disk swap@1'])
    expect(fixture.emittedOf('silences.changed').at(-1)).toHaveLength(1)
    expect(actionsOf(fixture)).toEqual(['save-silence refused', 'save-silence refused'])
  })

  test('waits on top of what others changed since; a conflict shows theirs', () => {
    const { fixture, backend } = aTeamConsole()
    publish(backend, aTeamSilence())
    save(fixture, { id: aTeamSilence().id, version: 1, comment: 'mine' })
    publish(backend, aTeamSilence({ version: 2, comment: 'theirs' }))
    expect(listOf(fixture)).toEqual(['mine@2'])
    answer(fixture, { state: 'conflict', problem: 'lee was first.' })
    expect(listOf(fixture)).toEqual(['theirs@2'])
  })

  test('made, edited and ended offline, is sent in that order, each on top of the one before', () => {
    const { fixture, backend } = aTeamConsole()
    const { id } = save(fixture)
    fixture.now += 1000
    save(fixture, { id, version: 1, comment: 'longer' })
    fixture.now += 1000
    const ended = expire(fixture, id)
    expect(listOf(fixture)).toEqual(['longer@3 ended'])
    expect(ended.expiredAt).toBe(t0 + 2000)
    expect(fixture.call('actions.list', {}).map(({ at, change }) => [at - t0, change.kind])).toEqual([
      [0, 'save-silence'],
      [1000, 'save-silence'],
      [2000, 'expire-silence'],
    ])
    answer(fixture, done(1))
    publish(backend, { ...ended, version: 1, comment: 'disk swap' })
    expect(listOf(fixture)).toEqual(['longer@3 ended'])
    answer(fixture, done(2))
    answer(fixture, done(3))
    expect(listOf(fixture)).toEqual(['longer@3 ended'])
    publish(backend, { ...ended, expiredAt: t0 + 2001 })
    expect(only(fixture.call('silences.list', {})).expiredAt).toBe(t0 + 2001)
    expect(fixture.store.team.silenceActions()).toEqual([])
  })

  test('is kept when old data is dropped, while its record has not come', () => {
    const { fixture } = aTeamConsole()
    save(fixture)
    answer(fixture, done(1))
    fixture.store.dropBefore(t0)
    fixture.restart()
    expect(listOf(fixture)).toEqual(['disk swap@1'])
  })

  test('of a console without a backend does not count in a team', () => {
    const alone = new TestEngine({ now: t0 })
    save(alone)
    alone.engine.stop()
    alone.store.close()
    const fixture = new TestEngine({ now: t0, hasBackend: true, dir: alone.dir })
    fixtures.push(fixture)
    expect(listOf(fixture)).toEqual([])
  })
})

describe('the end of an acknowledgement', () => {
  const until = t0 + 60_000
  const acknowledgement = { by: 'lee', at: t0, comment: '', until }
  const alert = anAlert({ since: t0 - 1000, openedAt: t0 - 1000, acknowledgement })
  const linesOf = (fixture: TestEngine): string[] =>
    fixture.call('alerts.timeline', { id: alert.id }).flatMap(({ kind }) => (kind === 'opened' ? [] : [kind]))
  const open = (fixture: TestEngine) => only(fixture.call('alerts.list', { open: true }))

  test('counts once, whether or not the backend still has it in later records', () => {
    const { fixture, backend } = aTeamConsole()
    backend.publishAlert(alert)
    fixture.now = until
    fixture.engine.tick()
    backend.publishAlert({ ...alert, value: 98 })
    backend.publishAgain('alerts')
    fixture.restart()
    backend.publishAlert({ ...alert, value: 99 })
    fixture.engine.tick()
    expect(open(fixture).acknowledgement).toBeUndefined()
    expect(linesOf(fixture)).toEqual(['acknowledged', 'expired'])
    expect(fixture.store.alerts.queuedNotifications().map(({ transition }) => transition)).toEqual(['expired'])
    const { acknowledgement: _, ...without } = alert
    backend.publishAlert(without)
    expect(linesOf(fixture)).toEqual(['acknowledged', 'expired'])
  })

  test('is no taking back, if the record of the backend comes first', () => {
    const { fixture, backend } = aTeamConsole()
    backend.publishAlert(alert)
    fixture.now = until + 500
    const { acknowledgement: _, ...without } = alert
    backend.publishAlert(without)
    fixture.engine.tick()
    expect(linesOf(fixture)).toEqual(['acknowledged', 'expired'])
    expect(fixture.store.alerts.queuedNotifications().map(({ transition }) => transition)).toEqual(['expired'])
  })

  test('the next acknowledgement of the same alert counts', () => {
    const { fixture, backend } = aTeamConsole()
    backend.publishAlert(alert)
    fixture.now = until
    fixture.engine.tick()
    const next = { by: 'max', at: until, comment: 'mine now', until: until + hourMs }
    backend.publishAlert({ ...alert, acknowledgement: next })
    expect(open(fixture).acknowledgement).toEqual(next)
    expect(fixture.store.alerts.queuedNotifications()).toEqual([])
  })

  test('a console that joins late has both lines', () => {
    const { fixture, backend } = aTeamConsole()
    fixture.now = until + hourMs
    backend.publishAlert(alert)
    fixture.engine.tick()
    expect(linesOf(fixture)).toEqual(['acknowledged', 'expired'])
    expect(open(fixture).acknowledgement).toBeUndefined()
  })
})
