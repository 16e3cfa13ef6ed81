import { describe, expect, test } from 'vitest'
import { aRule, anId } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { NodeAlert } from '../alert/alert.ts'
import { anAlert } from '../alert/alert-builders.ts'
import {
  adoptAlert,
  isContradicted,
  isResolutionContradicted,
  isSameEpisode,
  isWithdrawn,
  mergeOfficialAlert,
  withdrawnAlert,
} from './merge-alert.ts'

const ack = { by: 'lee', at: 1_130_000, comment: 'on it' }
const own = { by: 'kim', at: 1_125_000, comment: 'mine' }
const ended = { phase: 'resolved', resolvedAt: 1_200_000, resolveReason: 'cleared' } as const
const here = { isEvaluatedHere: true, isAckPending: false, isInBacklog: false, isContradicted: false }
const elsewhere = { ...here, isEvaluatedHere: false }
const official = (change: Parameters<typeof anAlert>[0] = {}) => ({ version: 1, alert: anAlert(change) })

describe('a local alert and the official one of the same id', () => {
  test('without a local alert the official one is used unchanged', () => {
    expect(mergeOfficialAlert(undefined, official({ acknowledgement: ack }), elsewhere)).toEqual(
      anAlert({ acknowledgement: ack }),
    )
  })

  test('a resolved alert stays resolved, whichever side resolved it first', () => {
    const firing = anAlert()
    const over = anAlert(ended)
    for (const context of [here, elsewhere]) {
      expect(mergeOfficialAlert(firing, { version: 2, alert: over }, context)).toEqual(over)
      expect(mergeOfficialAlert(over, { version: 1, alert: firing }, context)).toEqual(over)
    }
  })

  test('severity and values are local if this console evaluates the series, else official', () => {
    const local = anAlert({ severity: 'warning', threshold: 85, value: 88 })
    expect(mergeOfficialAlert(local, official(), here)).toEqual(local)
    expect(mergeOfficialAlert(local, official(), elsewhere)).toEqual(anAlert())
  })

  test.each([
    { title: 'the official one wins', local: own, theirs: ack, isAckPending: true, holds: ack },
    { title: 'a local one waits for the backend', local: own, theirs: undefined, isAckPending: true, holds: own },
    {
      title: 'one that the backend took back is gone',
      local: ack,
      theirs: undefined,
      isAckPending: false,
      holds: undefined,
    },
    { title: 'a new official one is taken over', local: undefined, theirs: ack, isAckPending: false, holds: ack },
  ])('of acknowledgements $title', ({ local, theirs, isAckPending, holds }) => {
    const acked = (acknowledgement: typeof ack | undefined) => (acknowledgement ? { acknowledgement } : {})
    const merged = mergeOfficialAlert(anAlert(acked(local)), official(acked(theirs)), { ...here, isAckPending })
    expect(merged).toEqual(anAlert(acked(holds)))
  })

  test('a local acknowledgement counts if the official one had expired before it', () => {
    const local = anAlert({ acknowledgement: own })
    const until = (ranOutAt: number) => official({ acknowledgement: { ...ack, until: ranOutAt } })
    const pending = { ...here, isAckPending: true }
    expect(mergeOfficialAlert(local, until(own.at), pending)).toEqual(local)
    expect(mergeOfficialAlert(local, until(own.at + 1), pending)).toEqual(until(own.at + 1).alert)
    expect(mergeOfficialAlert(local, until(own.at), here)).toEqual(until(own.at).alert)
  })

  test('an acknowledgement that is official and local continues when the backend eases first', () => {
    const acked = anAlert({ acknowledgement: ack })
    expect(mergeOfficialAlert(acked, official({ severity: 'warning', acknowledgement: ack }), here)).toEqual(acked)
  })

  test('a local acknowledgement of a warning does not count when the official alert is critical', () => {
    const local = anAlert({ severity: 'warning', threshold: 85, acknowledgement: own })
    expect(mergeOfficialAlert(local, official(), { ...elsewhere, isAckPending: true })).toEqual(anAlert())
  })

  test('an official acknowledgement of a warning does not count when the local alert is critical', () => {
    const warned = official({ severity: 'warning', acknowledgement: ack })
    expect(mergeOfficialAlert(anAlert(), warned, here)).toEqual(anAlert())
    const behind = { ...here, isInBacklog: true }
    expect(mergeOfficialAlert(anAlert(), warned, behind)).toEqual(anAlert({ acknowledgement: ack }))
    expect(mergeOfficialAlert(anAlert({ acknowledgement: own }), warned, { ...here, isAckPending: true })).toEqual(
      anAlert({ acknowledgement: own }),
    )
  })
})

describe('a provisional alert', () => {
  const provisional = anAlert({ id: anId(2), provisional: true, since: 1_060_000, openedAt: 1_180_000 })

  test('belongs to the official alert of its series that was open at the same time, under any rule', () => {
    const same = [
      anAlert(),
      anAlert(ended),
      anAlert({ since: 1_070_000 }),
      anAlert({ ruleVersion: 2 }),
      anAlert({ ruleId: anId(101) }),
    ]
    expect(same.map((official) => isSameEpisode(provisional, official))).toEqual(same.map(() => true))
    const over = { ...provisional, phase: 'resolved', resolvedAt: 1_200_000 } as const
    expect(isSameEpisode(over, anAlert({ since: 1_200_001 }))).toBe(false)
    const others = [
      anAlert({ id: anId(2) }),
      anAlert({ ...ended, resolvedAt: 1_050_000 }),
      anAlert({ nodeId: 'node-2' }),
      anAlert({ metric: 'disk_io' }),
      anAlert({ kind: 'no-data' }),
    ]
    expect(others.map((other) => isSameEpisode(provisional, other))).toEqual(others.map(() => false))
    expect(isSameEpisode({ ...provisional, provisional: false }, anAlert())).toBe(false)
  })

  test('gets the official identity and keeps its acknowledgement', () => {
    const local = { ...provisional, severity: 'warning', threshold: 85, value: 90, acknowledgement: own } as const
    expect(adoptAlert(local, anAlert())).toEqual(anAlert({ acknowledgement: own }))
  })
})

test('an alert is contradicted only if its version had ended before it opened', () => {
  const first = aRule()
  const second = aRule({ version: 2, effectiveFrom: 1_120_000 })
  const override = aRule({ id: anId(101), scope: { kind: 'node', nodeId: 'node-1' }, effectiveFrom: 1_000_000 })
  const isIn = (...rules: Parameters<typeof ruleIndex>[0]) => isContradicted(anAlert(), ruleIndex(rules))
  expect(isIn(first, second)).toBe(true)
  expect(isIn(first, override)).toBe(true)
  expect(isIn(first)).toBe(false)
  expect(isIn(first, { ...second, effectiveFrom: 1_120_001 })).toBe(false)
  expect(isIn(override)).toBe(false)
})

test('a resolution is contradicted only by a version that had begun, not by the end of the rule', () => {
  const rules = [aRule(), aRule({ version: 2, effectiveFrom: 1_150_000 })]
  const isIn = (change: Partial<NodeAlert>) => isResolutionContradicted(anAlert(change), ruleIndex(rules))
  const cleared = { ...ended, resolvedAt: 1_150_000, resolveReason: 'cleared' } as const
  expect(isIn(cleared)).toBe(true)
  expect(isIn({ ...cleared, resolvedAt: 1_149_999 })).toBe(false)
  expect(isIn({ ...cleared, ruleVersion: 2 })).toBe(false)
  expect(isIn({ ...cleared, resolveReason: 'rule-changed' })).toBe(false)
  expect(isIn({})).toBe(false)
})

test('a resolved alert fires again only if the backend has it firing and its resolution is contradicted', () => {
  const over = anAlert(ended)
  expect(mergeOfficialAlert(over, official(), { ...elsewhere, isContradicted: true })).toEqual(anAlert())
  expect(mergeOfficialAlert(over, { version: 2, alert: over }, { ...elsewhere, isContradicted: true })).toEqual(over)
})

test('a withdrawn alert ends without a reason, unlike any other', () => {
  expect(
    [anAlert(), anAlert(ended), withdrawnAlert(anAlert()), withdrawnAlert(anAlert(ended))].map(isWithdrawn),
  ).toEqual([false, false, true, true])
})
