import type { TopicRecord } from '#shared/ipc/source-calls.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'

export interface PreviewRecordsOptions {
  /**
   * Records of a topic, for the page of its mapping. `press`: as in the guide. `mixed`: some have no readings, one is
   * text and one is too long. `large`: 2,000 values in 64 KiB. `many`: 200 metrics. `deep`: long paths. `text`: no JSON.
   */
  readonly records: 'press' | 'mixed' | 'large' | 'many' | 'deep' | 'text' | 'none' | 'unreachable'
}

/** The newest records of any topic but the given one. @param at when the preview began, epoch ms */
export function topicRecordReplies({ records }: PreviewRecordsOptions, at: number): FakeBridge['replies'] {
  return {
    'sources.records': ({ limit }) =>
      records === 'unreachable'
        ? failureReply('unavailable', 'Nothing is listening on localhost:9092. Check that Kafka is running.')
        : okReply({ records: recordsOf(records, at).slice(0, limit) }),
  }
}

function recordsOf(kind: Exclude<PreviewRecordsOptions['records'], 'unreachable'>, at: number): TopicRecord[] {
  if (kind === 'none') return []
  return Array.from({ length: 5 }, (_, i) => {
    const measuredAt = at - 1_000 - i * 1_000
    const record = {
      partition: 0,
      offset: 88_017 - i,
      at: measuredAt + 40,
      key: btoa('PL-0417'),
      value: base64(valueOf(kind, i, measuredAt)),
      isCut: false,
    }
    return kind === 'mixed' && i === 4 ? { ...record, isCut: true } : record
  })
}

function valueOf(kind: PreviewRecordsOptions['records'], i: number, at: number): string {
  if (kind === 'text' || (kind === 'mixed' && i === 3)) return `2026-11-28 10:00:0${i},123 INFO press 4 started`
  if (kind === 'mixed' && i === 1)
    return JSON.stringify({ machine: press.machine, meta: { fw: '2.11' }, event: 'shift' })
  if (kind === 'mixed' && i === 2)
    return JSON.stringify({ ...pressRecord(i, at), meta: { measuredAt: 'x', fw: '2.11' } })
  if (kind === 'large') return JSON.stringify(largeRecord(i, at))
  if (kind === 'many') return JSON.stringify(manyRecord(i, at))
  if (kind === 'deep') return JSON.stringify(deepRecord(i, at))
  return JSON.stringify(pressRecord(i, at))
}

const press = { machine: { serial: 'PL-0417', label: 'Press 4', line: 'north' } }
const readings = [
  ['oil_temp', '°C', [61.5, 61.4, 61.1, 60.9, 60.6]],
  ['oil_pressure', 'bar', [4.52, 4.51, 4.49, 4.5, 4.47]],
  ['vibration', 'mm/s', [2.25, 2.31, 2.28, 2.36, 2.04]],
  ['strokes', '1/min', [31, 31, 30, 31, 31]],
  ['motor_load', '%', [74.1, 73.8, 74.4, 73.2]],
] as const

function pressRecord(i: number, measuredAt: number) {
  const listed = readings.flatMap(([kind, u, values]) => (values[i] === undefined ? [] : [{ kind, v: values[i], u }]))
  return { ...press, meta: { measuredAt, fw: '2.11' }, readings: [...listed, { kind: 'door', v: 'shut', u: null }] }
}

function largeRecord(i: number, at: number) {
  const points = Array.from({ length: 700 }, (_, n) => ({ kind: `channel_${n}_of_the_line`, v: n + i / 10, u: 'mm/s' }))
  return { machine: press.machine, at, points }
}

function manyRecord(i: number, ts: number) {
  const values = Array.from({ length: 200 }, (_, n) => [`sensor_${String(n).padStart(3, '0')}`, (n * 7.3 + i) % 100])
  return { host: 'plc-7', ts, values: Object.fromEntries(values) as Record<string, number> }
}

function deepRecord(i: number, at: number) {
  const temperature = { valueInDegreesCelsius: 61.5 - i / 10, quality: 'good' }
  return {
    plant: {
      hall: { line: { identificationOfTheMachine: { serialNumberByTheManufacturer: 'PL-0417-A-2231-NORTH' } } },
    },
    header: { timing: { measuredAtTheController: new Date(at).toISOString() } },
    measurements: {
      hydraulics: { temperatures: { ofTheOilInTheReservoir: temperature, ofTheOilAtThePump: temperature } },
    },
  }
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}
