import { expect, test } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import type { SilenceNotice } from '../silence/silence-notices.ts'
import type { Silence } from '../silence/silence.ts'
import { aSilence, aWeekly } from '../silence/silence-builders.ts'
import { isForOperator, silencePopup } from './silence-popup.ts'

const weekly = aSilence({ schedule: aWeekly() })
const planned = aSilence({ createdAt: 0, updatedBy: 'lee' })
const atOnce = aSilence()
const notice = (kind: SilenceNotice['kind'], silence: Silence): SilenceNotice => {
  return { kind, silence, at: 1_000_000, until: 8_200_000 }
}
const kinds = ['began', 'ends-soon', 'ended'] as const
const seenBy = (silence: Silence, user: string | undefined): string[] =>
  kinds.filter((kind) => isForOperator(notice(kind, silence), user))

test.each<[string, Silence, string | undefined, readonly string[]]>([
  ['who made a silence at once', atOnce, 'kim', ['ends-soon', 'ended']],
  ['a colleague', atOnce, 'lee', []],
  ['who planned one', planned, 'kim', kinds],
  ['who changed it', planned, 'lee', kinds],
  ['everybody, of a planned one', planned, 'max', ['began', 'ended']],
  ['everybody, of a weekly one', weekly, 'max', ['began', 'ended']],
  ['a console where nobody is signed in', weekly, undefined, ['began', 'ended']],
  ['a console where nobody is signed in, of a silence made at once', atOnce, undefined, []],
])('notices for %s', (_, silence, user, expected) => {
  expect(seenBy(silence, user)).toEqual(expected)
})

test.each<[SilenceNotice['kind'], Silence, number, string]>([
  ['began', weekly, 0, 'Maintenance window began: disk swap | It silences no alert now. Until 14:00, by kim.'],
  ['began', weekly, 2, 'Maintenance window began: disk swap | 2 alerts are silenced. Until 14:00, by kim.'],
  ['ends-soon', atOnce, 1, 'Silence ends at 14:00: disk swap | 1 alert fires. Extend it if the work takes longer.'],
  ['ends-soon', atOnce, 0, 'Silence ends at 14:00: disk swap | None of its alerts fires now.'],
  ['ended', atOnce, 2, 'Silence ended: disk swap | 2 alerts still fire.'],
  ['ended', atOnce, 1, 'Silence ended: disk swap | 1 alert still fires.'],
  ['ended', atOnce, 0, 'Silence ended: disk swap | None of its alerts fires.'],
])('%s in words: %#', (kind, silence, firing, text) => {
  const alerts = Array.from({ length: firing }, () => anAlert())
  const others = [anAlert({ nodeId: 'node-2' }), anAlert({ phase: 'resolved', resolvedAt: 2 })]
  const { title, body } = silencePopup(notice(kind, silence), {
    firing: [...alerts, ...others],
    timeOf: () => '14:00',
  })
  expect(`${title} | ${body}`).toBe(text)
})

test('a long comment is cut, and the count stays', () => {
  const silence = aSilence({ comment: 'x'.repeat(500) })
  const { title, body } = silencePopup(notice('ended', silence), {
    firing: [anAlert()],
    timeOf: () => '',
  })
  expect([title.length, body]).toEqual([100, '1 alert still fires.'])
})

test.each<[SilenceNotice['kind'], Silence, string]>([
  ['began', weekly, 'Maintenance window began'],
  ['ends-soon', atOnce, 'Silence ends at 14:00'],
  ['ended', atOnce, 'Silence ended'],
])('%s, without its details, has no comment and no name: %#', (kind, silence, title) => {
  const { withoutDetails } = silencePopup(notice(kind, silence), { firing: [anAlert()], timeOf: () => '14:00' })
  expect(withoutDetails).toEqual({ title, body: '' })
})
