import { afterEach, describe, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aTeamConsole, openAlertIn, popup, queuedIn, second, sentBy, settle, t0, teamRule } from './notified-values.ts'
import type { TestEngine } from './test-engine.ts'

const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

describe('with a backend, the end of an alert', () => {
  const ended = { phase: 'resolved', resolvedAt: t0 + 9 * second, resolveReason: 'cleared', resolvedValue: 60 } as const

  test('that the backend resolved is queued once', () => {
    const { fixture, backend } = aTeamConsole(fixtures)
    const alert = anAlert({ id: anId(1), openedAt: t0, since: t0 })
    backend.publishAlert(alert)
    settle(fixture, 'opened', popup)
    backend.publishAlert({ ...alert, ...ended })
    backend.publishAgain('alerts')
    const note = { kind: 'commented', by: 'lee', at: t0 + 10 * second, comment: 'the batch job' } as const
    backend.publishAlert({ ...alert, ...ended, notes: [note] })
    expect(sentBy(fixture)).toEqual(['opened, firing', 'resolved again, resolved'])
    settle(fixture, 'resolved', { id: alert.id, shown: true, as: 'resolved' })
    backend.publishAlert({ ...alert, ...ended, notes: [note, { ...note, at: note.at + 1 }] })
    expect(queuedIn(fixture)).toEqual([])
  })

  test('is not queued if a colleague had it all the time, or if the backend does not know the alert', () => {
    const { fixture, backend } = aTeamConsole(fixtures)
    const acknowledgement = { by: 'lee', at: t0 + second, comment: 'on it' }
    const taken = anAlert({ id: anId(1), openedAt: t0, since: t0, acknowledgement })
    backend.publishAlert(taken)
    const { acknowledgement: _, ...open } = taken
    backend.publishAlert({ ...open, ...ended })
    const unknown = anAlert({ id: anId(2), openedAt: t0, since: t0 })
    backend.publishAlert(unknown)
    settle(fixture, 'opened', { ...popup, id: unknown.id })
    backend.publish('alerts', unknown.id, null)
    expect(queuedIn(fixture)).toEqual([])
  })

  test('of a provisional alert is that of the official one, which nobody is shown twice', () => {
    const { fixture, backend, send, skipTo } = aTeamConsole(fixtures)
    skipTo(500)
    send(90, 97)
    const provisional = openAlertIn(fixture)
    expect(provisional.provisional).toBe(true)
    settle(fixture, 'opened', popup)
    settle(fixture, 'escalated', popup)
    const official = { ...provisional, id: anId(1), provisional: false, since: t0, openedAt: t0 }
    backend.publishAlert(official)
    expect(queuedIn(fixture)).toEqual([])
    fixture.restart()
    expect(fixture.emittedOf('notifications.shown').at(-1)).toEqual([
      { alertId: official.id, at: t0 + 501 * second, as: 'popup' },
    ])
    send(60)
    expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject([
      { alert: { id: official.id, phase: 'resolved' }, transition: 'resolved', wasShown: true },
    ])
  })

  test('that waits moves to the official alert, which arrives later', () => {
    const { fixture, backend, send, skipTo } = aTeamConsole(fixtures)
    skipTo(500)
    send(90, 97)
    const provisional = openAlertIn(fixture)
    settle(fixture, 'opened', popup)
    settle(fixture, 'escalated', popup)
    send(60)
    backend.publishAlert({ ...provisional, id: anId(1), provisional: false, since: t0, openedAt: t0 })
    expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject([
      { alert: { id: anId(1), phase: 'resolved' }, transition: 'resolved', wasShown: true },
    ])
    expect(queuedIn(fixture)).toEqual(['resolved again'])
  })
})

describe('an alert that fires again under its id', () => {
  /** From the third second on, the alert clears below 60 % only. */
  const lower = { ...teamRule, version: 2, clear: 60, effectiveFrom: t0 + 2 * second }

  /** It was cleared by levels that had ended. */
  function aConsoleThatCleared() {
    const { fixture, backend, send } = aTeamConsole(fixtures)
    send(50, 97)
    const alert = openAlertIn(fixture)
    backend.publishAlert(alert)
    settle(fixture, 'opened', popup)
    send(70)
    expect(queuedIn(fixture)).toEqual(['resolved again'])
    return { fixture, backend, send, id: alert.id }
  }

  test('is not over: what waits to say so is dropped, and its next end is queued', () => {
    const { fixture, backend, send } = aConsoleThatCleared()
    backend.publishRule(lower, [teamRule])
    expect(queuedIn(fixture)).toEqual([])
    send(65, 59)
    expect(queuedIn(fixture)).toEqual(['resolved again'])
  })

  test('is shown once more if a popup had said that it was over', () => {
    const { fixture, backend, send, id } = aConsoleThatCleared()
    settle(fixture, 'resolved', { id, shown: true, as: 'resolved' })
    backend.publishRule(lower, [teamRule])
    expect(sentBy(fixture).at(-1)).toBe('opened again, firing')
    fixture.restart()
    expect(queuedIn(fixture)).toEqual(['opened again'])
    settle(fixture, 'opened', popup)
    send(65, 59)
    expect(queuedIn(fixture)).toEqual(['resolved again'])
  })
})
