import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'

/** JSON of its own shape: a machine with a list of readings. */
export function pressText({ serial, at, kN, oil }: PressReading): string {
  const readings = [
    { kind: 'force', v: kN, u: 'kN' },
    { kind: 'oil', v: oil, u: '°C' },
  ]
  return JSON.stringify({ machine: { serial }, meta: { measuredAt: new Date(at).toISOString() }, readings })
}

/** `at`: event time, epoch ms. */
export interface PressReading {
  readonly serial: string
  readonly at: number
  readonly kN: number
  readonly oil: number
}

/** A record with the event time as its timestamp. */
export function pressRecord(offset: number, reading: PressReading): RawRecord {
  return { offset, timestamp: reading.at, value: Buffer.from(pressText(reading)) }
}

/** Reads it: `press.force`, `press.oil`. */
export function pressMapping(topic: string, change: Partial<FieldMapping> = {}): FieldMapping {
  return {
    topic,
    node: 'machine.serial',
    time: 'meta.measuredAt',
    values: 'readings[*]',
    name: 'kind',
    value: 'v',
    unit: 'u',
    prefix: 'press.',
    ...change,
  }
}
