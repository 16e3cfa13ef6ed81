import type { MappedFields } from '#shared/metric/mapping/mapped-fields.ts'

/** What a value of the record is for the mapping. */
export type Mark = 'node' | 'nodeName' | 'time' | 'name' | 'value' | 'unit' | 'passed'

/** Words of the legend, and of what a screen reader says of a value. */
export const markWords: Readonly<Record<Mark, string>> = {
  node: 'node',
  nodeName: 'shown name',
  time: 'time',
  name: 'metric',
  value: 'value',
  unit: 'unit',
  passed: 'passed over',
}

export type Marks = ReadonlyMap<string, readonly Mark[]>

/** By path of a value: what it is. A value can be two things, such as node and shown name. */
export function marksOf(fields: MappedFields): Marks {
  const marks = new Map<string, Mark[]>()
  const add = (mark: Mark, places: ReadonlyArray<{ readonly path: string }>): void => {
    for (const { path } of places) marks.set(path, [...(marks.get(path) ?? []), mark])
  }
  add('node', fields.node)
  add('nodeName', fields.nodeName)
  add('time', fields.time)
  add('name', fields.names)
  add('value', fields.values)
  add('unit', fields.units)
  add('passed', fields.passedOver)
  return marks
}

/** The marks that a record has, in the order of the legend. */
export function shownMarks(marks: Marks): Mark[] {
  const all = new Set([...marks.values()].flat())
  return (Object.keys(markWords) as Mark[]).filter((mark) => all.has(mark))
}
