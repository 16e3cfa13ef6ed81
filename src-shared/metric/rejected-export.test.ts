import { expect, test } from 'vitest'
import { rejectedCsvHeader, rejectedCsvLine, rejectedJson } from './rejected-export.ts'

const record = {
  topic: 'metrics-node-03',
  partition: 0,
  offset: 183_640,
  at: 1_795_863_870_118,
  code: 'bad-metric',
  reason: 'metrics.cpu_usage: expected number, got "n/a"',
  text: '{\ufffd,\n',
  base64: 'e/8sCg==',
}

test('a line of CSV has the text, in the time of the zone', () => {
  expect(rejectedCsvHeader + rejectedCsvLine(record, () => 60)).toBe(
    'time,topic,partition,offset,code,reason,first_bytes\r\n' +
      '2026-11-28T12:04:30.118+01:00,metrics-node-03,0,183640,bad-metric,"metrics.cpu_usage: expected number, got ""n/a""","{\ufffd,\n"\r\n',
  )
})

test('JSON has all bytes', () => {
  expect(JSON.parse(rejectedJson(record, () => 0))).toEqual({
    time: '2026-11-28T11:04:30.118Z',
    topic: 'metrics-node-03',
    partition: 0,
    offset: 183_640,
    code: 'bad-metric',
    reason: 'metrics.cpu_usage: expected number, got "n/a"',
    text: '{\ufffd,\n',
    base64: 'e/8sCg==',
  })
})
