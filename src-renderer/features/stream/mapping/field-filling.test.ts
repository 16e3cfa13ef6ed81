import { expect, test } from 'vitest'
import { parsePath } from '#shared/metric/mapping/field-path.ts'
import { filled, nextField, valueAt } from './field-filling.ts'
import { emptyForm, type MappingForm, type PathField } from './mapping-form.ts'

type Choice = readonly [field: PathField, path: string]

/** The set fields of the form after these values of the record were chosen. */
function chosen(json: unknown, ...choices: readonly Choice[]): Partial<MappingForm> {
  let form = emptyForm
  for (const [field, text] of choices) {
    const result = filled(form, field, { path: parsePath(text) ?? [], json })
    if (!result.ok) throw new Error(result.problem)
    ;({ form } = result)
  }
  return Object.fromEntries(Object.entries(form).filter(([, text]) => typeof text === 'string' && text !== ''))
}

const press = { machine: { serial: 'a' }, readings: [{ kind: 'oil', v: 1, u: 'bar' }] }

test('a value in a list of metrics: each element is one, and the rest is named from there', () => {
  expect(
    chosen(
      press,
      ['node', 'machine.serial'],
      ['values', 'readings[0].v'],
      ['name', 'readings[0].kind'],
      ['unit', 'readings[0].u'],
    ),
  ).toEqual({ node: 'machine.serial', values: 'readings[*]', value: 'v', name: 'kind', unit: 'u' })
})

test('the name first: its list becomes the values', () => {
  expect(chosen(press, ['name', 'readings[0].kind'])).toEqual({ values: 'readings[*]', name: 'kind' })
})

test('a number in an object: the numbers of that object', () => {
  expect(chosen({ host: 'a', m: { cpu: 1, mem: 2 } }, ['node', 'host'], ['values', 'm.cpu'])).toEqual({
    node: 'host',
    values: 'm',
  })
  expect(chosen({ host: 'a', cpu: 1 }, ['values', 'cpu'])).toEqual({})
})

test('an object of objects with the same key: each of them is one metric', () => {
  const json = { sensors: { a: { v: 1 }, b: { v: 2 } } }
  expect(chosen(json, ['values', 'sensors.a.v'])).toEqual({ values: 'sensors[*]', value: 'v' })
})

test('a list of nodes: the node is that of the same element, chosen before or after', () => {
  const json = { hosts: [{ name: 'a', m: { cpu: 1, mem: 2 } }] }
  const wanted = { node: 'hosts[*].name', values: 'hosts[*].m' }
  expect(chosen(json, ['node', 'hosts[0].name'], ['values', 'hosts[0].m.cpu'])).toEqual(wanted)
  expect(chosen(json, ['values', 'hosts[0].m.cpu'], ['node', 'hosts[0].name'])).toEqual(wanted)
  const flat = { hosts: [{ name: 'a', cpu: 1, mem: 2 }] }
  expect(chosen(flat, ['node', 'hosts[0].name'], ['values', 'hosts[0].cpu'])).toEqual({
    node: 'hosts[*].name',
    values: 'hosts[*]',
  })
})

test('a list of numbers: each of them', () => {
  expect(chosen({ temps: [1, 2] }, ['values', 'temps[1]'])).toEqual({ values: 'temps[*]' })
})

test('one metric a record: name and value are fields of the record', () => {
  const json = { host: 'a', metric: 'cpu', value: 3 }
  expect(chosen(json, ['name', 'metric'], ['value', 'value'])).toEqual({ name: 'metric', value: 'value' })
})

test('a name outside of the values is refused with a sentence', () => {
  const form = { ...emptyForm, values: 'readings[*]' }
  const path = parsePath('machine.serial') ?? []
  expect(filled(form, 'name', { path, json: press })).toEqual({
    ok: false,
    problem: 'Name in it is a field inside of readings[*].',
  })
})

test('the next empty field, without those that mean nothing', () => {
  const form = { ...emptyForm, node: 'a', nodeName: 'b' }
  expect(nextField(form, 'node')).toBe('time')
  expect(nextField({ ...form, time: 't', values: 'm' }, 'values')).toBe('values')
  expect(nextField({ ...form, time: 't', values: 'm[*]' }, 'values')).toBe('name')
  expect(nextField({ ...form, values: 'm[*]', name: 'n', value: 'v', unit: 'u' }, 'unit')).toBe('time')
})

test('what the record does not have itself is no value of it', () => {
  expect(valueAt({}, parsePath('__proto__.constructor') ?? [])).toBeUndefined()
  expect(valueAt(JSON.parse('{"__proto__":{"a":1}}'), parsePath('__proto__.a') ?? [])).toBe(1)
  expect(valueAt([[5]], parsePath('[0][0]') ?? [])).toBe(5)
  expect(valueAt([1], parsePath('length') ?? [])).toBeUndefined()
})
