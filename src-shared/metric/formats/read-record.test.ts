import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { readRecord } from './read-record.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (value: unknown, topic = 'any') => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return readRecord({ value: bytesOf(text), key: null, topic, timestamp: 1_795_860_001_000 })
}
const metric = { fields: { load1: 1 }, name: 'system', tags: { host: 'a' }, timestamp: 1_795_860_000 }
const line = 'system,host=a load1=1 1795860000'
const event = { specversion: '1.0', type: 'metric', source: 'telegraf', id: '1' }
const ofA = { kind: 'parts', parts: [{ nodeId: 'a', at: 1_795_860_000_000, values: [1] }] }

describe('what is in an envelope is read', () => {
  test.each([
    ['Kafka Connect around an object', { schema: { type: 'struct' }, payload: metric }],
    ['Kafka Connect without a schema', { schema: null, payload: metric }],
    ['Kafka Connect around a text', { schema: { type: 'string' }, payload: line }],
    ['a CloudEvent', { ...event, data: metric }],
    ['a batch of CloudEvents', [{ ...event, data: metric }]],
    ['a CloudEvent in Base64', { ...event, data_base64: Buffer.from(line).toString('base64') }],
    ['a CloudEvent in Kafka Connect', { schema: {}, payload: { ...event, data: metric } }],
    ['JSON lines', `${JSON.stringify({ ...event, data: metric })}\n`],
  ])('%s', (_, value) => expect(read(value)).toMatchObject(ofA))

  test('several lines of JSON are one record with several parts', () => {
    const reading = read(`${JSON.stringify(metric)}\n${JSON.stringify({ ...metric, tags: { host: 'b' } })}\n`)
    expect(reading.kind === 'parts' && reading.parts.map(({ nodeId }) => nodeId)).toEqual(['a', 'b'])
  })

  test('an envelope without content is empty', () => {
    expect(read({ schema: null, payload: null })).toEqual({ kind: 'passed', why: 'empty' })
  })
})

describe('logs and business events are no metrics, whatever numbers they have', () => {
  test.each([
    ['a log', { '@timestamp': '2026-11-28T10:00:00Z', host: 'a', level: 'info', message: 'started', thread: 7 }],
    ['a log without a level', { time: '2026-11-28T10:00:00Z', host: 'a', msg: 'took a while', ms: 7 }],
    ['a request', { ts: 1_795_860_000, host: 'web', method: 'GET', status: 200, bytes: 512 }],
    ['an order', { timestamp: 1_795_860_000, source: 'shop', order_id: 7, total: 12.5 }],
    ['a change of a row', { ts: 1_795_860_000, source: 'db', op: 'u', after: { id: 7 } }],
    ['two times', { timestamp: 1_795_860_000, time: 1_795_860_001, host: 'a', x: 1 }],
    ['no host', { timestamp: 1_795_860_000, x: 1 }],
    ['no number', { timestamp: 1_795_860_000, host: 'a', x: 'y' }],
    ['a time without a zone', { timestamp: '2026-11-28T10:00:00', host: 'a', x: 1 }],
    ['a line of a log', 'level=info msg=started took=3.2'],
    ['a sentence with an equals sign', 'connected clients=5'],
  ])('%s', (_, value) => expect(read(value)).toMatchObject({ kind: 'passed', why: 'not-metrics' }))
})

describe("ReMo's own format keeps its reasons", () => {
  test.each([
    '{"node_id":"a"}',
    '{"node_name":"a","x":1}',
    '{"metrics":{"cpu":1}}',
    '{"node_id":"a","node_name":"A","timestamp":1795860000,"metrics":{"cpu_usage":1}}',
  ])('on any topic: %s', (text) => {
    const decoded = decode(bytesOf(text))
    expect(read(text)).toEqual({ kind: 'rejected', reject: decoded.ok ? undefined : decoded.reject })
  })

  test.each(['', 'not json', '[]', '{"a":1}', '{'])('on its topics: %s', (text) => {
    const decoded = decode(bytesOf(text))
    expect(read(text, 'metrics-a')).toEqual({ kind: 'rejected', reject: decoded.ok ? undefined : decoded.reject })
  })

  test('NaN refuses only its metric', () => {
    const text = '{"node_id":"a","node_name":"A","timestamp":"2026-11-28T10:00:00Z","metrics":{"x":NaN,"y":1}}'
    expect(read(text)).toMatchObject({ kind: 'parts', parts: [{ values: [1] }], refused: { code: 'bad-metric' } })
  })
})

test('a tag twice in a line is refused with its name', () => {
  expect(read('cpu,host=a,host=b x=1 1795860000')).toMatchObject({
    kind: 'rejected',
    reject: { code: 'wrong-shape', reason: 'Telegraf lines, line 1: tag host: expected it once, got it twice' },
  })
})

test('an unknown speed of a network interface is no value', () => {
  const net = { ...metric, name: 'net', fields: { speed: -1, bytes_recv: 5 }, tags: { host: 'a', interface: 'eth0' } }
  expect(read(net)).toMatchObject({ parts: [{ shape: { names: ['net.bytes_recv{interface=eth0}'] }, values: [5] }] })
})
