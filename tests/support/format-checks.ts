import { expect } from 'vitest'
import { detectedValue } from '#shared/metric/formats/detected-value.ts'
import { formatLabel, formatNames } from '#shared/metric/formats/format-name.ts'
import { lastReader, readers } from '#shared/metric/formats/readers.ts'
import { readRecord, type IncomingRecord } from '#shared/metric/formats/read-record.ts'
import type { LeftOut, RecordPart, RecordReading } from '#shared/metric/formats/record-part.ts'
import type { MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { isCleanText, messageLimits } from '#shared/metric/message.ts'
import { parseMetricName } from '#shared/metric/metric-name.ts'
import { formatVectors, vectorFiles, vectorMappings, vectorRecords } from './format-vectors.ts'

/** A record of the vectors with its place, for messages of tests. */
export interface NamedRecord {
  readonly name: string
  readonly record: IncomingRecord & { readonly value: Uint8Array }
}

/** A record of 4 MB has some 100,000 parts, all alike. */
const checkedParts = 200

/** All records of all vectors that have a value. */
export function allVectorRecords(): readonly NamedRecord[] {
  return vectorFiles.flatMap((file) =>
    formatVectors(file).flatMap((vector) =>
      vectorRecords(vector).flatMap((record, i) => {
        const { value } = record
        return value && value.length > 0
          ? [{ name: `${file}, ${vector.name}, ${i}`, record: { ...record, value } }]
          : []
      }),
    ),
  )
}

/** Reads a record, and checks all that holds for any bytes. @returns the reading */
export function soundReading(record: IncomingRecord, mappings: MappingIndex = vectorMappings): RecordReading {
  const reading = readRecord(record, mappings)
  if (record.value) expectOneReader(record.value)
  if (reading.kind === 'rejected') expectReason(reading.reject.reason)
  if (reading.kind !== 'parts') return reading
  for (const part of reading.parts.slice(0, checkedParts)) expectSound(part)
  for (const left of reading.leftOut ?? []) expectSoundLeft(left)
  if (reading.refused) expectReason(reading.refused.reason)
  return reading
}

/** The format of a reason is its first word, and a field is the second: `Telegraf JSON, timestamp: expected …`. */
export function expectNamesFormatAndField(reason: string): void {
  const label = formatNames.map(formatLabel).find((one) => reason.startsWith(`${one}, `))
  expect(label, reason).toBeDefined()
  expect(reason.slice((label ?? '').length), reason).toMatch(/^, [^:]+: /)
}

/** Of two readers, the first one would hide the other. */
function expectOneReader(value: Uint8Array): void {
  const detected = detectedValue(value)
  const accepting = [...readers, lastReader].filter((reader) => reader.detect(detected))
  expect(accepting.map(({ name }) => name).slice(1)).toEqual([])
}

function expectReason(reason: string): void {
  expect(reason).toMatch(/^[^\n]{1,200}: /)
  expect(reason.length).toBeLessThan(1_000)
}

function expectSound({ nodeId, nodeName, at, shape, values }: RecordPart): void {
  expect(isText(nodeId, messageLimits.nodeId), nodeId).toBe(true)
  expect(isText(nodeName, messageLimits.nodeName), nodeName).toBe(true)
  expect(Number.isSafeInteger(at), String(at)).toBe(true)
  const { names, units, counters, house, means, attributes, part } = shape
  expect(values.length).toBe(names.length)
  expect(values.filter((value) => !Number.isFinite(value))).toEqual([])
  expect(names.filter((name) => !isText(name, messageLimits.metricName))).toEqual([])
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeLessThanOrEqual(messageLimits.metricsPerMessage)
  expect(part.length).toBeLessThanOrEqual(messageLimits.metricName)
  expect(
    Object.keys(units).filter((name) => !names.includes(name) && !means.some((mean) => mean.name === name)),
  ).toEqual([])
  expect(Object.values(units).filter((unit) => !isText(unit, messageLimits.unit))).toEqual([])
  const indices = [...counters, ...house.flatMap(({ terms }) => terms.map(({ index }) => index))]
  for (const { name, sum, count } of means) {
    indices.push(sum, count)
    expect(isText(name, messageLimits.metricName), name).toBe(true)
  }
  expect(indices.filter((index) => !(index >= 0 && index < names.length))).toEqual([])
  for (const name of names) {
    for (const [, value] of parseMetricName(name).tags) expect(value.length).toBeLessThanOrEqual(128)
  }
  expect(Object.entries(attributes).filter(([key, value]) => !isText(value, 128) && key !== '')).toEqual([])
}

function expectSoundLeft({ left, nodeId, tag }: LeftOut): void {
  expect(left).toBeGreaterThan(0)
  expect(isText(nodeId, messageLimits.nodeId), nodeId).toBe(true)
  expect((tag ?? '').length).toBeLessThanOrEqual(128)
}

function isText(text: string, most: number): boolean {
  return text !== '' && text.length <= most && isCleanText(text)
}
