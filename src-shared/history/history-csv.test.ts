import { expect, test } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import { anId } from '../rule/rule-builders.ts'
import { historyCsvHeader, historyCsvLine } from './history-csv.ts'

/** Daylight saving time ends at this instant. */
const change = Date.UTC(2026, 9, 25, 1)
const zurich = (at: number): number => (at < change ? 120 : 60)

function fieldsOf(line: string): Record<string, string> {
  const names = historyCsvHeader.trimEnd().split(',')
  const values = line.replace(/\r\n$/, '').match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? []
  return Object.fromEntries(names.map((name, i) => [name, (values[i] ?? '').replace(/,$/, '')]))
}

test('a line has every fact, times with the offset of their own instant, and no formula', () => {
  const alert = anAlert({
    openedAt: change - 1000,
    phase: 'resolved',
    resolvedAt: change + 1000,
    resolvedValue: 70.5,
    resolveReason: 'cleared',
    nodeName: '=HYPERLINK("x")',
    notes: [{ kind: 'commented', by: 'ben', at: 9, comment: 'moved, "now"' }],
    acknowledgement: { by: '@anna', at: 3, comment: 'looking' },
  })
  const line = historyCsvLine(
    {
      kind: 'alert',
      alert,
      worst: 'critical',
      worstValue: 99.1,
      acknowledged: { by: '@anna', at: change },
      flapped: true,
      notified: ['popup', 'digest'],
    },
    zurich,
  )
  expect(line.endsWith('\r\n')).toBe(true)
  expect(fieldsOf(line)).toEqual({
    opened_at: '2026-10-25T02:59:59.000+02:00',
    resolved_at: '2026-10-25T02:00:01.000+01:00',
    node_id: 'node-1',
    node_name: `"'=HYPERLINK(""x"")"`,
    metric: 'cpu_usage',
    kind: 'value',
    worst_severity: 'critical',
    worst_value: '99.1',
    threshold: '95',
    phase: 'resolved',
    resolve_reason: 'cleared',
    resolved_value: '70.5',
    acknowledged_by: "'@anna",
    acknowledged_at: '2026-10-25T02:00:00.000+01:00',
    silenced_by: '',
    flapped: 'true',
    notified: 'popup digest',
    comments: `"'@anna: looking; ben: moved, ""now"""`,
    rule_id: anId(100),
    rule_version: '1',
    alert_id: anId(1),
  })
})

test('a time without monitoring has its cause; one that lasts has no end', () => {
  const line = historyCsvLine({ kind: 'blind', from: change, to: null, cause: 'Kafka did not answer.' }, zurich)
  expect(Object.entries(fieldsOf(line)).filter(([, value]) => value !== '')).toEqual([
    ['opened_at', '2026-10-25T02:00:00.000+01:00'],
    ['kind', 'blind'],
    ['comments', 'Kafka did not answer.'],
  ])
})
