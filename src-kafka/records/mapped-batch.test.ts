import { describe, expect, test } from 'vitest'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import { readRecord, type IncomingRecord } from '#shared/metric/formats/read-record.ts'
import type { FieldMapping, MappingVersion } from '#shared/metric/mapping/field-mapping.ts'
import { mappingIndex, noMappings, type MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { decodeBatch, type DecodedBatch } from './decode-batch.ts'
import { aRun } from './run-builders.ts'

const at = 1_795_860_000_000
const topic = 'press-line'
/** Takes what Telegraf writes, and gives it other names. */
const mapping: FieldMapping = { topic, node: 'tags.host', time: 'timestamp', values: 'fields', prefix: 'mine.' }
const telegraf = (i: number, host = 'web-01'): string =>
  `{"fields":{"used_percent":${i + 0.5}},"name":"mem","tags":{"host":"${host}"},"timestamp":${at / 1000 + i}}`
const own = (i: number): string =>
  `{"node_id":"n1","node_name":"N 1","timestamp":"2026-11-28T10:00:0${i}Z","metrics":{"cpu_usage":${i}}}`

function batchOf(
  texts: readonly string[],
  scanner: SampleScanner,
  timestamp = (i: number) => at + i * 1000,
): DecodedBatch {
  const records = texts.map((text, i) => ({
    offset: i,
    timestamp: timestamp(i),
    key: null,
    value: Buffer.from(text),
  }))
  const end = records.length
  const batch = decodeBatch({ topic, partition: 0, runs: [aRun(records)], next: end, end }, undefined, scanner)
  if (!batch) throw new Error('expected a batch')
  return batch
}

function scannerWith(mappings: MappingIndex): SampleScanner {
  const scanner = new SampleScanner()
  scanner.mappings = mappings
  return scanner
}

const samplesOf = ({ columns }: DecodedBatch) =>
  Array.from({ length: columns.count }, (_, i) => {
    const { nodeId, at: when, names, values } = sampleAt(columns, i)
    return { nodeId, at: when, names, values: [...values] }
  })

const partsOf = (record: IncomingRecord, mappings: MappingIndex) => {
  const reading = readRecord(record, mappings)
  if (reading.kind !== 'parts') return []
  return reading.parts.map(({ nodeId, at: when, shape, values }) => ({ nodeId, at: when, names: shape.names, values }))
}

describe('the records of a batch are read as each of them alone', () => {
  // Many alike, so that the scanner and the readers of known records have seen them before.
  const texts = Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? own(i % 10) : telegraf(i)))

  test.each([
    ['with a mapping', mappingIndex([mapping])],
    ['without', noMappings],
    ['with one of another topic', mappingIndex([{ ...mapping, topic: 'other' }])],
  ])('%s', (_, mappings) => {
    const expected = texts.flatMap((text, i) =>
      partsOf({ topic, key: null, timestamp: at + i * 1000, value: Buffer.from(text) }, mappings),
    )
    const raw = ({ names, values, ...one }: (typeof expected)[number]) => ({
      ...one,
      // The assembler adds the metrics of the house that follow.
      metrics: names.flatMap((name, i) => (name === 'memory_usage' ? [] : [[name, values[i]]])),
    })
    expect(samplesOf(batchOf(texts, scannerWith(mappings))).map(raw)).toEqual(expected.map(raw))
  })
})

test('records of a topic get another reading once a mapping comes, and again once it ends', () => {
  const scanner = new SampleScanner()
  const texts = [telegraf(0), telegraf(1), telegraf(2)]
  const names = (): ReadonlyArray<readonly string[]> => samplesOf(batchOf(texts, scanner)).map((sample) => sample.names)
  const plain = names()
  expect(plain[2]).toContain('mem.used_percent')
  scanner.mappings = mappingIndex([mapping])
  expect(names()).toEqual(texts.map(() => ['mine.used_percent']))
  scanner.mappings = noMappings
  expect(names()).toEqual(plain)
})

test('each record is read by the version in effect at its timestamp', () => {
  const version = (number: number, effectiveFrom: number, changed: FieldMapping | null): MappingVersion => ({
    version: number,
    effectiveFrom,
    mapping: changed,
    updatedBy: 'anna',
    updatedAt: at,
  })
  const team = {
    topic,
    isFixed: false,
    ...version(3, at + 3000, null),
    earlier: [version(1, at + 1000, mapping), version(2, at + 2000, { ...mapping, prefix: 'two.' })],
  }
  const texts = [0, 1, 2, 3].map((i) => telegraf(i))
  const batch = batchOf(texts, scannerWith(mappingIndex([{ ...mapping, prefix: 'here.' }], [team])))
  expect(samplesOf(batch).map(({ names }) => names[0])).toEqual([
    'mem.used_percent',
    'mine.used_percent',
    'two.used_percent',
    'mem.used_percent',
  ])
  expect([...batch.tally.formats]).toEqual([
    ['telegraf-json', 2],
    ['mapping', 2],
  ])
})

test('what a mapping rejects is a rejected record, and what it does not find is counted', () => {
  const scanner = scannerWith(mappingIndex([mapping]))
  const late = telegraf(0).replace(`${at / 1000}`, `${at / 1000 + 7200}`)
  const { rejects, tally } = batchOf([telegraf(0), telegraf(1, ''), '{"order":1}', late], scanner)
  expect(rejects.map(({ reject }) => reject)).toEqual([
    { code: 'wrong-shape', reason: 'your mapping, tags.host: expected a text of 1 to 128 characters, got ""' },
    { code: 'future-timestamp', reason: expect.stringContaining('your mapping, timestamp: ') as string },
  ])
  expect([...tally.passed]).toEqual([['not-metrics', 1]])
  expect(tally.details.get('not-metrics')).toBe('your mapping finds neither tags.host nor fields')
})
