import { describe, expect, test } from 'vitest'
import { anAlert } from './alert-builders.ts'
import { alertLine, alertSentence } from './alert-text.ts'
import type { Alert, NodeAlert } from './alert.ts'

/** An alert of the node with this number. */
const onNode = (node: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: `id-${node}`, nodeId: `node-${node}`, nodeName: `Server-${node}`, value: 97.24, ...change })

/** With plain spaces. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

describe('an alert in words', () => {
  test.each<[Alert, string]>([
    [onNode(12), 'CPU 97.2 % > 95 % for 2 m'],
    [onNode(1, { forSeconds: 0, condition: 'less', threshold: 12.5, value: 3 }), 'CPU 3.0 % < 12.5 %'],
    [onNode(1, { metric: 'disk_io', value: 412.3, threshold: 400 }), 'Disk I/O 412 MB/s > 400 MB/s for 2 m'],
    [onNode(1, { value: 95.04 }), 'CPU 95.04 % > 95 % for 2 m'],
    [onNode(1, { metric: 'errors', value: 0.001, threshold: 0, forSeconds: 0 }), 'Errors 0.001 > 0'],
    [onNode(1, { metric: 'disk_io', value: 123_457, threshold: 400, forSeconds: 0 }), 'Disk I/O 123 GB/s > 400 MB/s'],
    [onNode(1, { severity: 'warning', value: 82.9, threshold: 85 }), 'CPU 82.9 %, clears below 75 %'],
    [onNode(1, { severity: 'warning', value: 75.04, threshold: 85 }), 'CPU 75.04 %, clears below 75 %'],
    [onNode(1, { condition: 'less', value: 26, threshold: 20 }), 'CPU 26.0 %, clears above 75 %'],
    [onNode(1, { kind: 'no-data', value: null, threshold: 60 }), 'no CPU data for 1 m'],
    [onNode(1, { kind: 'offline', metric: '', value: null, threshold: 60 }), 'offline, no sample for 1 m'],
  ])('%#', (alert, line) => {
    expect(plain(alertSentence(alert, { clear: 75 }))).toBe(line)
  })

  test('names the tags of its series', () => {
    const alert = onNode(1, { metric: 'disk.used_percent{path=/var}', value: 91.2, threshold: 90, forSeconds: 0 })
    expect(plain(alertSentence(alert, { unit: '%' }))).toBe('disk.used_percent /var 91.2 % > 90 %')
    expect(plain(alertSentence({ ...alert, kind: 'no-data', value: null, threshold: 60 }))).toBe(
      'no disk.used_percent /var data for 1 m',
    )
  })

  test('says when an offline node was last seen', () => {
    const alert = onNode(17, { kind: 'offline', metric: '', value: null, threshold: 60 })
    expect(alertLine(alert, { timeOf: () => '14:02:03' })).toBe('node-17 is offline, last seen 14:02:03')
  })

  test('says that a lowered alert has not cleared if its clear level is unknown', () => {
    const alert = onNode(1, { severity: 'warning', value: 82.9, threshold: 85 })
    expect(plain(alertSentence(alert))).toBe('CPU 82.9 %, not cleared yet')
  })

  test("of an unknown metric has the producer's unit", () => {
    expect(plain(alertSentence(onNode(1, { metric: 'board_temp', forSeconds: 0 }), { unit: '°C' }))).toBe(
      'Board temp 97.2 °C > 95 °C',
    )
  })
})
