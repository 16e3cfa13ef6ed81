import type { FieldMapping } from './field-mapping.ts'

/** The mapping of a press: a node with a shown name, a time, and a list of readings with units. For tests and previews. */
export const pressMapping: FieldMapping = {
  topic: 'press-line',
  node: 'machine.serial',
  nodeName: 'machine.label',
  time: 'meta.measuredAt',
  values: 'readings[*]',
  name: 'kind',
  value: 'v',
  unit: 'u',
  prefix: 'press.',
}
