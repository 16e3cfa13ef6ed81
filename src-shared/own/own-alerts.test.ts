import { describe, expect, test } from 'vitest'
import type { OwnAlert, OwnAlertKind } from '../alert/alert.ts'
import { alertLine } from '../alert/alert-text.ts'
import { initialSettings } from '../settings/app-settings.ts'
import type { ReadingLag } from './lag-watch.ts'
import { noOwnState, type OwnChange, type OwnFacts, stepOwn } from './own-alerts.ts'
import { ownAlertSettings } from './own-settings.ts'

const start = 1_764_000_000_000
const settings = ownAlertSettings(initialSettings)
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

/** A console that looks at itself each second. */
class Console {
  second = 0
  readonly lines: string[] = []
  readonly changes: OwnChange[] = []
  facts: Partial<OwnFacts> = {}
  #state = noOwnState
  readonly #open = new Map<OwnAlertKind, OwnAlert>()

  /** `of`: facts by the seconds since `start`. */
  run(seconds: number, of: (second: number) => Partial<OwnFacts> = () => ({})): this {
    for (const end = this.second + seconds; this.second < end; this.second++) {
      const now = start + this.second * 1000
      const facts: OwnFacts = {
        ...{ settings, hasSamples: true, health: { kind: 'live', behindMs: 0 }, rejectedPerMinute: 0, now },
        ...{ lag: live(0), backendAwaySince: undefined, newId: () => `id-${this.changes.length}` },
        ...this.facts,
        ...of(this.second),
      }
      const [next, changes] = stepOwn(this.#state, this.#open, facts)
      this.#state = next
      for (const change of changes) this.#take(change)
    }
    return this
  }

  acknowledge(kind: OwnAlertKind): void {
    const alert = this.alert(kind)
    if (alert) this.#open.set(kind, { ...alert, acknowledgement: { by: 'kim', at: start, comment: '' } })
  }

  alert(kind: OwnAlertKind): OwnAlert | undefined {
    return this.#open.get(kind)
  }

  #take(change: OwnChange): void {
    const { alert, events, notify } = change
    if (alert.phase === 'firing') this.#open.set(alert.kind, alert)
    else this.#open.delete(alert.kind)
    this.changes.push(change)
    const kinds = events.map((event) => event.kind).join('+')
    this.lines.push(
      `${this.second} s ${alert.kind} ${kinds} ${alert.severity}${notify === undefined ? '' : `, ${notify}`}`,
    )
  }
}

const live = (seconds: number): ReadingLag => ({ ms: seconds * 1000, where: undefined, isBacklog: false })
const backlog = (seconds: number): ReadingLag => ({ ms: seconds * 1000, where: undefined, isBacklog: true })
/** A reader that stopped at the first second. */
const stuck = (second: number): Partial<OwnFacts> => ({ lag: live(second) })

describe('lag of the reading', () => {
  test('a reader that falls behind warns after a minute above 30 s, and is critical above 120 s', () => {
    const watched = new Console().run(200, stuck)
    expect(watched.lines).toEqual([
      '91 s lag pending+opened warning, opened',
      '121 s lag escalated critical, escalated',
    ])
    const [opened] = watched.changes
    expect(plain(alertLine(opened?.alert as OwnAlert))).toBe('Reading lags 1 m 31 s behind Kafka > 30 s for 1 m')
    expect(opened?.alert).toMatchObject({ since: start + 31_000, openedAt: start + 91_000, nodeId: '', metric: '' })
    expect(watched.alert('lag')).toMatchObject({ value: 121, threshold: 120, forSeconds: 0 })
  })

  test('a jump above the critical level is critical at once', () => {
    expect(new Console().run(3, () => ({ lag: live(500) })).lines).toEqual(['0 s lag opened critical, opened'])
  })

  test('a peak of less than a minute is no alert', () => {
    const watched = new Console().run(600, (second) => ({ lag: live(second % 80 < 55 ? 40 : 10) }))
    expect(watched.lines).toEqual([])
  })

  test('what swings around the level is one alert, which ends after 30 s at half of it', () => {
    const watched = new Console().run(400, (second) => ({ lag: live(second % 20 < 10 || second < 70 ? 40 : 20) }))
    expect(watched.lines).toEqual(['60 s lag pending+opened warning, opened'])
    watched.run(60, () => ({ lag: live(2) }))
    expect(watched.lines.slice(1)).toEqual(['430 s lag resolved warning, resolved'])
    expect(watched.changes.at(-1)?.alert).toMatchObject({
      ...{ phase: 'resolved', resolveReason: 'cleared', resolvedValue: 2 },
      clearSince: start + 400_000,
    })
  })

  test('it eases below three quarters of the critical level, and loses its acknowledgement when it escalates', () => {
    const watched = new Console().run(1, () => ({ lag: live(500) }))
    watched.acknowledge('lag')
    watched.run(60, () => ({ lag: live(80) }))
    expect(watched.lines.at(-1)).toBe('31 s lag eased warning')
    expect(watched.alert('lag')).toMatchObject({ severity: 'warning', threshold: 30, acknowledgement: { by: 'kim' } })
    watched.run(1, () => ({ lag: live(121) }))
    expect(watched.alert('lag')).toMatchObject({ severity: 'critical', value: 121, worstValue: 500 })
    expect(watched.alert('lag')).not.toHaveProperty('acknowledgement')
  })

  test('a backlog of an hour that shrinks is no alert, however long that takes', () => {
    const watched = new Console().run(3000, (second) => ({ lag: backlog(3600 - 1.1 * second) }))
    expect(watched.lines).toEqual([])
  })

  test('a backlog that does not shrink for two minutes is one', () => {
    expect(new Console().run(200, () => ({ lag: backlog(3600) })).lines).toEqual(['120 s lag opened critical, opened'])
    const slow = new Console().run(300, () => ({ lag: backlog(50) }))
    expect(slow.lines).toEqual(['180 s lag pending+opened warning, opened'])
  })

  test('short losses of the connection do not hide a backlog that never shrinks', () => {
    const watched = new Console().run(300, (second) => ({
      lag: second % 30 === 0 ? undefined : backlog(3600 + second),
    }))
    expect(watched.lines).toHaveLength(1)
  })

  test('after an hour of sleep, what is caught up is no alert', () => {
    const watched = new Console().run(600, (second) => {
      if (second < 100) return { lag: live(0) }
      if (second < 200) return { lag: undefined }
      return { lag: second < 500 ? backlog(3600 - (second - 200) * 12) : live(0.2) }
    })
    expect(watched.lines).toEqual([])
  })

  test('an alert stays while nobody knows the lag, and ends when all is read', () => {
    const watched = new Console().run(100, () => ({ lag: live(40) }))
    watched.run(500, () => ({ lag: undefined }))
    watched.run(100, (second) => ({ lag: backlog(700 - second) }))
    expect(watched.lines).toHaveLength(1)
    watched.run(40, () => ({ lag: live(0.1) }))
    expect(watched.lines.at(-1)).toBe('730 s lag resolved warning, resolved')
  })

  test('the worst partition is named', () => {
    const lag = { ms: 130_000, where: 'metrics-web, partition 3', isBacklog: false }
    const watched = new Console().run(1, () => ({ lag }))
    expect(watched.alert('lag')?.cause).toBe('metrics-web, partition 3')
  })
})

describe('rejected records', () => {
  const on = ownAlertSettings({ ...initialSettings, 'monitoring.rejectsAlert': true })

  test('are no alert by default', () => {
    expect(new Console().run(1000, () => ({ rejectedPerMinute: 900 })).lines).toEqual([])
  })

  test('more than the setting for five minutes are a warning, until they stop for a minute', () => {
    const watched = new Console()
    watched.facts = { settings: on }
    watched.run(301, () => ({ rejectedPerMinute: 12 }))
    expect(watched.lines).toEqual(['300 s rejects pending+opened warning, opened'])
    expect(plain(alertLine(watched.alert('rejects') as OwnAlert))).toBe('12 records a minute are rejected > 1 for 5 m')
    watched.run(30, () => ({ rejectedPerMinute: 1 }))
    watched.run(30, () => ({ rejectedPerMinute: 2 }))
    watched.run(61)
    expect(watched.lines.slice(1)).toEqual(['421 s rejects resolved warning, resolved'])
  })

  test('one a minute is none', () => {
    const watched = new Console()
    watched.facts = { settings: on }
    expect(watched.run(900, () => ({ rejectedPerMinute: 1 })).lines).toEqual([])
  })

  test('the alert ends when it is switched off, and is no recovery', () => {
    const watched = new Console()
    watched.facts = { settings: on }
    watched.run(301, () => ({ rejectedPerMinute: 12 }))
    watched.facts = {}
    watched.run(2, () => ({ rejectedPerMinute: 12 }))
    expect(watched.lines.slice(1)).toEqual(['301 s rejects resolved warning'])
    expect(watched.changes.at(-1)?.alert.resolveReason).toBe('rule-changed')
  })
})

describe('blindness', () => {
  const blind = (since: number): Partial<OwnFacts> => ({
    lag: undefined,
    health: { kind: 'blind', since, cause: 'disconnected', detail: 'Kafka does not answer.' },
  })

  test('is an alert after a minute, without a notification: it has a popup of its own', () => {
    const watched = new Console().run(100, () => blind(start))
    expect(watched.lines).toEqual(['60 s blind opened critical'])
    expect(watched.alert('blind')).toMatchObject({ since: start, value: null, cause: 'Kafka does not answer.' })
    watched.run(1)
    expect(watched.lines.slice(1)).toEqual(['100 s blind resolved critical'])
  })

  test('of a console that never read a record is none', () => {
    expect(new Console().run(300, () => ({ ...blind(start), hasSamples: false })).lines).toEqual([])
  })
})

describe('the backend', () => {
  test('away for more than five minutes is information, without a notification', () => {
    const watched = new Console().run(400, () => ({ backendAwaySince: start }))
    expect(watched.lines).toEqual(['300 s backend opened info'])
    watched.run(1)
    expect(watched.lines.slice(1)).toEqual(['400 s backend resolved info'])
  })

  test('may be away for ever if the setting is 0', () => {
    const off = ownAlertSettings({ ...initialSettings, 'monitoring.backendAwayMinutes': 0 })
    const watched = new Console().run(400, () => ({ backendAwaySince: start, settings: off }))
    expect(watched.lines).toEqual([])
  })
})
