import { describe, expect, test } from 'vitest'
import { formatVectors, vectorRecords } from '../../../tests/support/format-vectors.ts'
import { readRecord } from '../formats/read-record.ts'
import type { FieldMapping } from './field-mapping.ts'
import { jsonContents } from './json-contents.ts'
import { fieldsOf, placesAtMost } from './mapped-fields.ts'
import { pressMapping } from './mapping-builders.ts'
import { mappingIndex } from './mapping-index.ts'

const at = 1_795_863_869_870
const press = pressMapping
const record = {
  machine: { serial: 'PL-0417', label: 'Press 4' },
  meta: { measuredAt: at },
  readings: [
    { kind: 'oil_temp', v: 61.5, u: 'Cel' },
    { kind: 'door', v: 'shut', u: null },
    { v: 3 },
    { kind: 'strokes' },
  ],
}

describe('the fields of a mapping in a record', () => {
  test('of the press line', () => {
    expect(fieldsOf(press, record)).toEqual({
      node: [{ path: 'machine.serial', value: 'PL-0417' }],
      nodeName: [{ path: 'machine.label', value: 'Press 4' }],
      time: [{ path: 'meta.measuredAt', value: at, at }],
      names: [
        { path: 'readings[0].kind', value: 'oil_temp' },
        { path: 'readings[1].kind', value: 'door' },
        { path: 'readings[3].kind', value: 'strokes' },
      ],
      units: [{ path: 'readings[0].u', value: 'Cel' }],
      values: [{ path: 'readings[0].v', name: 'press.oil_temp', value: 61.5, unit: '°C' }],
      passedOver: [
        { path: 'readings[1].v', name: 'press.door', why: 'a text' },
        { path: 'readings[2].v', name: '', why: 'without a name' },
        { path: 'readings[3]', name: 'press.strokes', why: 'nothing' },
      ],
      found: 4,
    })
  })

  test('that cannot be used say why', () => {
    const fields = fieldsOf(press, { machine: { serial: null, label: '' }, meta: { measuredAt: '2026-11-28 10:00' } })
    expect(fields.node[0]?.problem).toBe('expected a text or a whole number, got null')
    expect(fields.nodeName[0]?.problem).toBe('expected a text of 1 to 256 characters, got ""')
    expect(fields.time[0]?.problem).toBe('expected a time with its zone, got "2026-11-28 10:00"')
    expect(fields.time[0]).not.toHaveProperty('at')
    expect(fields.found).toBe(0)
  })

  test('of a list of records have its indices', () => {
    const fields = fieldsOf(press, [record, 5, record])
    expect(fields.node.map(({ path }) => path)).toEqual(['[0].machine.serial', '[2].machine.serial'])
    expect(fields.values.map(({ path }) => path)).toEqual(['[0].readings[0].v', '[2].readings[0].v'])
  })

  test('without a value, numbers below are metrics, but not the fields of the mapping', () => {
    const mapping: FieldMapping = { topic: 't', node: 'id', time: 'when.at', values: '', unit: 'unit' }
    const { values, passedOver } = fieldsOf(mapping, {
      id: 7,
      when: { at, took: 3 },
      unit: 'By',
      a: { b: 1 },
      list: [1],
    })
    expect(values.map(({ path, name }) => [path, name])).toEqual([
      ['when.took', 'when.took'],
      ['a.b', 'a.b'],
    ])
    expect(passedOver).toEqual([{ path: 'list', name: 'list', why: 'a list' }])
  })

  test('of two values with one name, the last one counts', () => {
    const readings = [
      { kind: 'a', v: 1 },
      { kind: 'a', v: 2 },
    ]
    const { values, passedOver } = fieldsOf(press, [
      { ...record, readings },
      { ...record, readings: readings.slice(1) },
    ])
    expect(values.map(({ path }) => path)).toEqual(['[0].readings[1].v', '[1].readings[0].v'])
    expect(passedOver).toEqual([{ path: '[0].readings[0].v', name: 'press.a', why: 'there twice' }])
  })

  test('a * that the values have not is a problem', () => {
    const mapping: FieldMapping = { topic: 't', node: 'hosts[*].name', values: 'readings[*]' }
    const { problem } = fieldsOf(mapping, {})
    expect(problem).toBe('hosts[*].name: has a * that readings[*] has not')
    const value = Buffer.from('{"readings":[1]}')
    expect(readRecord({ topic: 't', key: null, timestamp: at, value }, mappingIndex([mapping]))).toMatchObject({
      reject: { reason: 'your mapping, hosts[*].name: has a * that readings[*] has not' },
    })
  })

  test('of a huge record are the first ones', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => ({ kind: `k${i}`, v: i, u: 's' }))
    const fields = fieldsOf(press, { ...record, readings: values })
    expect([fields.values.length, fields.names.length, fields.found]).toEqual([placesAtMost, placesAtMost, 100_000])
  })
})

test('the values of the fields are those that are read', () => {
  for (const vector of formatVectors('mapping')) {
    const { mapping } = vector
    if (!mapping) throw new Error('expected a mapping')
    for (const record of vectorRecords(vector)) {
      const reading = readRecord(record, mappingIndex([mapping]))
      const first = reading.kind === 'parts' ? reading.parts[0] : undefined
      if (reading.kind !== 'parts' || first?.shape.format !== 'mapping' || reading.refused) continue
      const read = reading.parts.flatMap(({ shape, values }) => shape.names.map((name, i) => [name, values[i]]))
      const shown = jsonContents(record.value).flatMap((json) => fieldsOf(mapping, json).values)
      const sorted = (list: unknown[][]): string[] => list.map((one) => JSON.stringify(one)).sort()
      expect(sorted(shown.map(({ name, value }) => [name, value]))).toEqual(sorted(read))
    }
  }
})
