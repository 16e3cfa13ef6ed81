/** Ten seconds of a computer, written by Telegraf 1.37.2 as lines and as JSON at once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KnownRecords } from './known-records.ts'
import { readRecord } from './read-record.ts'
import type { RecordPart, RecordReading } from './record-part.ts'

const folder = join(import.meta.dirname, '../../../tests/fixtures/field')
const encoder = new TextEncoder()
const host = 'web-01'

/** @returns the values of records, as bytes */
function recorded(file: string): Uint8Array[] {
  const text = readFileSync(join(folder, file), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => encoder.encode(`${line}\n`))
}

function read(value: Uint8Array): RecordReading {
  return readRecord({ topic: 'telegraf', key: encoder.encode(host), value, timestamp: 1_796_015_130_000 })
}

const files = { lines: recorded('telegraf.lines'), json: recorded('telegraf.jsonl') }

/** A part in words, whatever the order of its fields. */
function inWords({ nodeId, at, shape, values }: RecordPart): string {
  const counters = new Set(shape.counters)
  const fields = shape.names.map(
    (name, i) => `${name}${counters.has(i) ? ' (counter)' : ''}=${String(values[i])} ${shape.units[i] ?? ''}`,
  )
  return `${nodeId} ${at} ${fields.sort().join(', ')}`
}

function partsOf(values: readonly Uint8Array[]): string[] {
  return values.flatMap((value) => {
    const reading = read(value)
    return reading.kind === 'parts' ? reading.parts.map(inWords) : []
  })
}

describe.each(Object.entries(files))('as %s', (_, values) => {
  test('every record is read, but the text of the uptime', () => {
    const kinds = values.map((value) => {
      const reading = read(value)
      if (reading.kind === 'parts') return reading.refused?.reason ?? 'parts'
      return reading.kind === 'passed' ? reading.why : reading.reject.reason
    })
    const texts = values.filter((value) => new TextDecoder().decode(value).includes('uptime_format'))
    expect(kinds.filter((kind) => kind !== 'parts')).toEqual(texts.map(() => 'no-numbers'))
    expect(texts).toHaveLength(10)
  })

  test('known records are read like all others', () => {
    const known = new KnownRecords()
    for (const value of values) {
      const expected = read(value)
      const reading = known.read(value, 0, value.length)
      if (reading) expect(reading).toStrictEqual(expected)
      else known.learn(value, expected)
    }
    known.close()
  })
})

test('lines and JSON say the same', () => {
  expect(partsOf(files.lines).sort()).toEqual(partsOf(files.json).sort())
})

test('an unknown speed of an interface is no value', () => {
  const names = [...files.lines, ...files.json].flatMap((value) => {
    const reading = read(value)
    return reading.kind === 'parts' ? reading.parts.flatMap(({ shape }) => shape.names) : []
  })
  expect(names).toContain('net.bytes_recv{interface=eth0}')
  expect(names.filter((name) => name.startsWith('net.speed'))).toEqual([])
})
