import { expect, test } from 'vitest'
import type { RuleDraft } from '../rule.ts'
import { parseRulesFile } from './parse-rules-file.ts'
import { writeRulesFile } from './write-rules-file.ts'

const draftsOf = (text: string): readonly RuleDraft[] => {
  const file = parseRulesFile(text)
  if (!file.ok) throw new Error(JSON.stringify(file.problems))
  return file.rules.map(({ draft }) => draft)
}

test('a rule for any tags names them in its file, and its overrides have them too', () => {
  const text = `- metric: disk.used_percent
  any: path
  nodes: all
  warning: 85
  overrides:
    - nodes: "db-.*"
      warning: 75
- metric: cpu.time{state=idle}
  any: [cpu, socket]
  node: a
  warning: 5
`
  const [all, db, cpu] = draftsOf(text)
  expect(all).toMatchObject({ metric: 'disk.used_percent', anyTags: ['path'], scope: { kind: 'all' } })
  expect(db).toMatchObject({ metric: 'disk.used_percent', anyTags: ['path'], warning: 75 })
  expect(cpu).toMatchObject({ metric: 'cpu.time{state=idle}', anyTags: ['cpu', 'socket'] })
  const written = writeRulesFile([all, db, cpu].filter((draft) => draft !== undefined))
  expect(written).toContain('- metric: disk.used_percent\n  any: path\n  nodes: all\n')
  expect(draftsOf(written)).toEqual([cpu, all, db])
})

test.each([
  [
    'tags that are no names',
    '- metric: x\n  any: 7\n  nodes: all\n  warning: 1\n',
    ['2:8 any: Write the name of a tag, such as path, or a list of names.'],
  ],
  [
    'a tag that is in the metric too',
    '- metric: x.y{path=/}\n  any: path\n  nodes: all\n  warning: 1\n',
    ['2:8 The tag path is named twice.'],
  ],
  [
    'tags of a rule for offline nodes',
    '- metric: node_offline\n  any: path\n  nodes: all\n  no_sample_for: 60s\n',
    ['2:3 Unknown field any.'],
  ],
])('a problem has its line and its column: %s', (_, text, [expected = '']) => {
  const file = parseRulesFile(text)
  const problems = file.ok ? [] : file.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
  expect(problems.join('\n')).toContain(expected)
})
