import { expect, test } from 'vitest'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import { pressMapping } from '#shared/metric/mapping/mapping-builders.ts'
import { emptyForm, formOf, isSameForm, readForm } from './mapping-form.ts'

const whole: FieldMapping = { ...pressMapping, house: { cpu_usage: 'press.load' } }

test.each([
  whole,
  { topic: 't', node: 'host', values: '' },
  { topic: 't', node: 'host', values: 'temps[*]', value: '' },
] satisfies FieldMapping[])('%j in the form is the same mapping', (mapping) => {
  expect(readForm(mapping.topic, formOf(mapping))).toEqual({ ok: true, mapping })
})

test('a wrong path has a sentence beside its field', () => {
  const read = readForm('t', { ...emptyForm, node: 'a', time: 'b..c', name: 'x[*]', prefix: 'a{' })
  expect(read).toEqual({
    ok: false,
    problems: {
      time: 'Expected a path such as machine.serial or readings[*].',
      name: 'Expected a path such as machine.serial or readings[*].',
      prefix: 'Expected text without { } = , and quotes.',
    },
  })
})

test('without a node, the form says what is missing', () => {
  expect(readForm('t', emptyForm)).toEqual({ ok: false, problems: { node: 'Choose the field that names the node.' } })
})

test('blanks around a path change nothing', () => {
  expect(isSameForm(formOf(whole), { ...formOf(whole), node: ' machine.serial ' })).toBe(true)
  expect(isSameForm(formOf(whole), { ...formOf(whole), prefix: 'line.' })).toBe(false)
})
