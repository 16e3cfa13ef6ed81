import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatVectors, vectorRecords } from '../../../tests/support/format-vectors.ts'
import { FieldMapping } from './field-mapping.ts'
import { previewMapping } from './preview-mapping.ts'
import { suggestMapping, type SuggestedMapping } from './suggest-mapping.ts'

const at = 1_795_860_000_000
const record = (json: unknown) => ({ key: null, timestamp: at, value: Buffer.from(JSON.stringify(json)) })
const guess = (...records: readonly unknown[]): SuggestedMapping => suggestMapping('t', records.map(record))

const press = {
  machine: { serial: 'PL-0417', label: 'Press 4', line: 'north' },
  meta: { measuredAt: at, fw: '2.11' },
  readings: [
    { kind: 'oil_temp', v: 61.5, u: '°C' },
    { kind: 'vibration', v: 2.25, u: 'mm/s' },
    { kind: 'door', v: 'shut', u: null },
  ],
}

test.each<readonly [string, unknown, Omit<SuggestedMapping, 'topic'>]>([
  [
    'a list of readings',
    press,
    {
      node: 'machine.serial',
      nodeName: 'machine.label',
      time: 'meta.measuredAt',
      values: 'readings[*]',
      name: 'kind',
      value: 'v',
      unit: 'u',
    },
  ],
  [
    'a flat object',
    { assetTag: 'AHU-7', sampledAt: '2026-11-28T10:00:00Z', supply: 18.5, return: 22, heat: 4 },
    { node: 'assetTag', time: 'sampledAt', values: '' },
  ],
  [
    'one metric a record',
    { meter: { id: 'm-9', name: 'Hall' }, reading: { type: 'power', value: 15.5, uom: 'W' }, ts: at },
    {
      node: 'meter.id',
      nodeName: 'meter.name',
      time: 'ts',
      values: 'reading',
      name: 'type',
      value: 'value',
      unit: 'uom',
    },
  ],
  [
    'an object of objects with a value each',
    { station: 's1', when: at, signals: { rotor: { v: 1 }, brake: { v: 2 } } },
    { node: 'station', time: 'when', values: 'signals[*]', value: 'v' },
  ],
  [
    'an uplink of The Things Stack',
    {
      end_device_ids: { device_id: 'eui-1' },
      received_at: '2026-11-28T10:00:00.123Z',
      uplink_message: { f_port: 2, f_cnt: 114, decoded_payload: { temperature: 4.5, battery: 3.6 } },
    },
    { node: 'end_device_ids.device_id', time: 'received_at', values: 'uplink_message.decoded_payload' },
  ],
  [
    'hosts in a list',
    {
      scraped_at: at,
      hosts: [
        { fqdn: 'a', stats: { load1: 0.5, mem: 41 } },
        { fqdn: 'b', stats: { load1: 1, mem: 2 } },
      ],
    },
    { node: 'hosts[*].fqdn', time: 'scraped_at', values: 'hosts[*].stats' },
  ],
])('%s', (_, json, expected) => {
  expect(guess(json, json, json)).toEqual({ topic: 't', ...expected })
})

test('what is not sure is left open', () => {
  expect(guess({ a: 'x', b: 'y' })).toEqual({ topic: 't' })
  expect(guess({ n1: 1, n2: 2 })).toEqual({ topic: 't', values: '' })
  // Two times, of which none is surer; a long number with another name is an id.
  expect(guess({ host: 'a', built_at: at, sold_at: at, load: 1 })).not.toHaveProperty('time')
  expect(guess({ host: 'a', account: at, load: 1 })).not.toHaveProperty('time')
  expect(guess({ source: 4, load: 1 })).not.toHaveProperty('node')
  expect(suggestMapping('t', [{ key: null, timestamp: at, value: Buffer.from('no JSON') }])).toEqual({ topic: 't' })
  expect(suggestMapping('t', [])).toEqual({ topic: 't' })
})

test('what only one of several records has is left out', () => {
  const odd = { machine: { serial: 'x' }, pump: 3 }
  expect(guess(press, press, odd)).toMatchObject({ node: 'machine.serial', values: 'readings[*]' })
})

test('a guess with node and values reads records of the vectors', () => {
  const whole = formatVectors('mapping').filter((vector) => {
    const guessed = suggestMapping(vector.topic, vectorRecords(vector))
    const mapping = FieldMapping.safeParse(guessed)
    return mapping.success && previewMapping(vectorRecords(vector), mapping.data).read > 0
  })
  expect(whole.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['press line', 'one metric a record', 'a list of hosts with metrics inside', 'JSON lines']),
  )
})

test('any records give a guess that the schema takes', () => {
  const key = fc.constantFrom('host', 'machine', 'id', 'name', 'value', 'v', 'ts', 'time', 'a.b', '', '__proto__', 'x')
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(1, at, 'x', '2026-11-28T10:00:00Z', null, true),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 5 }),
    ),
  }))
  fc.assert(
    fc.property(fc.array(json, { maxLength: 4 }), (records) => {
      const guessed = guess(...records)
      const parsed = FieldMapping.partial().safeParse(guessed)
      expect(parsed.error?.issues ?? []).toEqual([])
    }),
    { numRuns: 1_000 },
  )
})
