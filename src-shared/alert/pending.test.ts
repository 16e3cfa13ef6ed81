import { describe, expect, test } from 'vitest'
import { aPendingAlert } from './alert-builders.ts'
import { pendingProgress, soonestFirst } from './pending.ts'
import { firesInText, pendingSentence } from './pending-text.ts'

const spaces = (text: string): string => text.replaceAll('\u202f', ' ')
const since = aPendingAlert().since

describe('a pending alert', () => {
  test('says its level, how long it holds, and when it fires', () => {
    const pending = aPendingAlert({ at: since + 72_000, receivedAt: since + 72_400 })
    expect(spaces(pendingSentence(pending, since + 72_400))).toBe('over 95 % for 1 m 12 s, fires in 48 s')
  })

  test('counts on between two samples', () => {
    const pending = aPendingAlert({ at: since + 60_000, receivedAt: since + 60_000 })
    expect(spaces(pendingSentence(pending, since + 65_300))).toBe('over 95 % for 1 m 5 s, fires in 55 s')
  })

  test('is below its level where the rule says less', () => {
    const pending = aPendingAlert({ condition: 'less', threshold: 5, at: since, receivedAt: since })
    expect(spaces(pendingSentence(pending, since))).toBe('under 5 % for 0 s, fires in 2 m')
  })

  test('fires with the next sample once its time has passed, for as long as no sample comes', () => {
    const pending = aPendingAlert({ at: since + 119_000, receivedAt: since + 119_000 })
    expect(firesInText(pending, since + 119_999)).toBe('fires in 1\u202fs')
    expect(firesInText(pending, since + 120_000)).toBe('fires with the next sample')
    expect(firesInText(pending, since + 900_000)).toBe('fires with the next sample')
  })

  test('follows the clock of its node, which may be minutes off', () => {
    const clockOffMs = [-600_000, 45_000, 600_000]
    for (const off of clockOffMs) {
      const pending = aPendingAlert({ at: since + 30_000, receivedAt: since + 30_000 + off })
      expect(pendingProgress(pending, since + 40_000 + off)).toEqual({ heldMs: 40_000, firesInMs: 80_000 })
    }
  })

  test('is never negative: a late first record, a clock set back, a record before the restart', () => {
    expect(pendingProgress(aPendingAlert({ at: since - 5000, receivedAt: since }), since)).toEqual({
      heldMs: 0,
      firesInMs: 125_000,
    })
    expect(
      pendingProgress(aPendingAlert({ at: since + 10_000, receivedAt: since + 10_000 }), since - 3_600_000),
    ).toEqual({ heldMs: 10_000, firesInMs: 110_000 })
    const { receivedAt: _, ...restored } = aPendingAlert({ at: since + 10_000 })
    expect(pendingProgress(restored, since + 3_600_000)).toEqual({ heldMs: 10_000, firesInMs: 110_000 })
  })
})

test('pending alerts are listed critical first, then by the time that is left', () => {
  const later = aPendingAlert({ alertId: '00000000-0000-8000-8000-000000000001', firesAt: since + 200_000 })
  const sooner = aPendingAlert({ alertId: '00000000-0000-8000-8000-000000000002' })
  const warning = aPendingAlert({
    alertId: '00000000-0000-8000-8000-000000000003',
    severity: 'warning',
    firesAt: since + 60_000,
  })
  expect(soonestFirst([warning, later, sooner], since)).toEqual([sooner, later, warning])
})
