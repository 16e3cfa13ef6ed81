import { describe, expect, test } from 'vitest'
import { connectionId } from './connection.ts'
import { readSettingsFile, settingsSchema, settingsText, withConnections, withSetting } from './settings-file.ts'
import type { SettingsFile } from './settings-file.ts'

function read(content: object | string): SettingsFile {
  const result = readSettingsFile(typeof content === 'string' ? content : JSON.stringify(content))
  if (result.kind === 'broken') throw new Error(result.reason)
  return result.file
}

const prod = { id: 'prod', name: 'Production', brokers: ['kafka-1:9093'] }

describe('settings.json', () => {
  test('may lack everything', () => {
    expect(read({})).toMatchObject({ values: {}, connections: [], problems: [] })
    expect(read('\uFEFF{}').problems).toEqual([])
  })

  test('with wrong values keeps the others', () => {
    const file = read({
      appearance: { theme: 'pink', palette: 'color-blind' },
      data: { keepDays: 0, keepGigabytes: 5 },
      startup: 'never',
      connections: [prod, { id: 'lab', name: 'Lab', brokers: ['nowhere'] }, { ...prod, name: 'Twice' }],
      inUse: 'gone',
    })
    expect(file.values).toEqual({ 'appearance.palette': 'color-blind', 'data.keepGigabytes': 5 })
    expect(file.connections.map(({ name }) => name)).toEqual(['Production'])
    expect(file.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'appearance.theme: expected "system", "light" or "dark"',
      'data.keepDays: expected at least 1 day',
      'startup: expected an object',
      'connections[1].brokers[0]: expected host:port',
      'connections[2].id: another connection has this id',
      'inUse: expected the id of a connection in this file',
    ])
  })

  test('with a wrong mapping uses the others, and keeps it until its topic gets another one', () => {
    const mapping = { topic: 'press-line', node: 'machine.serial', values: 'readings[*]' }
    const wrong = { ...mapping, topic: 'oven', node: 'machine..serial', later: true }
    const twice = { ...mapping, prefix: 'again.' }
    const file = read({ stream: { topics: '^a', mappings: [wrong, mapping, twice, 7] } })
    expect(file.values).toEqual({ 'stream.topics': '^a', 'stream.mappings': [mapping] })
    expect(file.problems).toEqual([
      { path: 'stream.mappings[0].node', message: 'expected a path such as machine.serial or readings[*]' },
      { path: 'stream.mappings[3]', message: 'expected an object' },
      { path: 'stream.mappings[2].topic', message: 'another mapping is of this topic' },
    ])
    const lift = { ...mapping, topic: 'lift' }
    const edited = withSetting(file, 'stream.mappings', [mapping, lift])
    expect(JSON.parse(settingsText(edited))).toMatchObject({ stream: { mappings: [mapping, lift, wrong, 7] } })
    const oven = { ...mapping, topic: 'oven' }
    const settled = withSetting(edited, 'stream.mappings', [oven])
    expect(settled.values['stream.mappings']).toEqual([oven])
    expect(settled.problems.map(({ path }) => path)).toEqual(['stream.mappings[1]'])
    const many = Array.from({ length: 201 }, (_, i) => ({ ...mapping, topic: `t${i}` }))
    expect(read({ stream: { mappings: many } })).toMatchObject({
      values: {},
      problems: [{ path: 'stream.mappings', message: 'expected at most 200 mappings' }],
    })
    expect(read({ stream: { mappings: 'none' } }).problems).toEqual([
      { path: 'stream.mappings', message: 'expected a list' },
    ])
  })

  test.each([
    ['{', 'it is no JSON'],
    ['', 'it is no JSON'],
    ['[]', 'it is no JSON object'],
    ['null', 'it is no JSON object'],
  ])('that is %j is broken', (text, reason) => {
    const result = readSettingsFile(text)
    expect(result).toMatchObject({ kind: 'broken' })
    expect(result.kind === 'broken' && result.reason.startsWith(reason)).toBe(true)
  })

  test('keeps what this version does not know or cannot use, and its newer version', () => {
    const file = read({
      version: 7,
      later: true,
      appearance: { theme: 'pink', later: 1 },
      connections: [{ ...prod, later: 2 }, { id: 'odd' }],
    })
    const edited = withConnections(withSetting(file, 'appearance.density', 'compact'), file.connections, 'prod')
    expect(JSON.parse(settingsText(edited))).toMatchObject({
      version: 7,
      later: true,
      appearance: { theme: 'pink', later: 1, density: 'compact' },
      connections: [{ id: 'prod', later: 2 }, { id: 'odd' }],
      inUse: 'prod',
    })
  })

  test('of a newer version is used as far as possible, and the first problem says so', () => {
    const { values, problems } = read({ version: 7, appearance: { theme: 'dark', density: 'of the next version' } })
    expect(values).toEqual({ 'appearance.theme': 'dark' })
    expect(problems.map(({ path }) => path)).toEqual(['version', 'appearance.density'])
    expect(problems[0]?.message).toMatch(/^a newer ReMo wrote this file \(version 7; this ReMo supports 1\)\. /)
    expect(read({ version: 1 }).problems).toEqual([])
  })

  test('a setting that is removed leaves no empty object', () => {
    const file = withSetting(read({ appearance: { theme: 'dark' } }), 'appearance.theme', undefined)
    expect(file.values).toEqual({})
    expect(file.raw).not.toHaveProperty('appearance')
  })

  test('of version 0 is migrated', () => {
    const file = read({ version: 0, theme: 'dark', kafka: { brokers: 'a:9092, b:9092', topics: '^hosts-' } })
    expect(file.values).toEqual({ 'appearance.theme': 'dark' })
    expect(file.connections).toMatchObject([{ id: 'kafka', brokers: ['a:9092', 'b:9092'], topics: '^hosts-' }])
    expect(file.inUse).toBe('kafka')
    expect(JSON.parse(settingsText(file))).toMatchObject({ version: 1, inUse: 'kafka' })
  })

  test('has a schema for editors', () => {
    expect(settingsSchema()).toMatchObject({
      properties: {
        appearance: { properties: { theme: { enum: ['system', 'light', 'dark'], default: 'system' } } },
        connections: { items: { properties: { brokers: { type: 'array' } } } },
      },
    })
  })
})

test.each([
  ['Production Zürich', [], 'production-zurich'],
  ['Production Zürich', ['production-zurich'], 'production-zurich-2'],
  ['  ***  ', [], 'connection'],
  ['Demo', [], 'demo-2'],
  ['x'.repeat(60), [], 'x'.repeat(32)],
])('a connection named %j gets an id for its folder', (name, taken, id) => {
  expect(connectionId(name, taken)).toBe(id)
})
