import { expect, test } from 'vitest'
import { filterWords, markedParts, seriesGroups, seriesList, type SeriesListState } from './series-list.ts'

const names = [
  'disk.used{path=/var}',
  'disk.free{path=/var}',
  'disk.used{path=/}',
  'disk.free{path=/}',
  ...Array.from({ length: 9 }, (_, i) => `mem.part${i}`),
  'docker.usage_percent{name=api}',
  'docker.usage_percent{name=mail}',
  'gpu_temp',
]
const groups = seriesGroups(names.map((name, index) => ({ name, unit: '', index })))
const state = (change: Partial<SeriesListState> = {}): SeriesListState => ({
  filter: '',
  chosen: new Map(),
  folded: new Set(),
  unfolded: new Set(),
  allChips: new Set(),
  width: 240,
  ...change,
})
const list = (change: Partial<SeriesListState> = {}, pinned: readonly string[] = []) => {
  const items = groups.flatMap(({ series }) => series)
  const own = pinned.flatMap((name) => items.find((item) => item.name === name) ?? [])
  return seriesList(groups, { items: own, note: 'for all nodes' }, state(change))
}
const texts = (change: Partial<SeriesListState> = {}, pinned: readonly string[] = []): string[] =>
  list(change, pinned).rows.map((row) => {
    if (row.kind === 'heading') return `# ${row.title} ${row.count}${row.note === '' ? '' : ` (${row.note})`}`
    if (row.kind === 'chips') return `[${row.chips.join('|')}] ${row.chosen} +${row.more}`
    if (row.kind === 'more') return `${row.count} more`
    return row.hasChips ? row.item.field : `${row.item.field} ${row.item.tags}`.trim()
  })

test('groups by measurement; one tag set at a time where sets have several fields', () => {
  expect(texts()).toEqual([
    '# disk 2 (4 series, 2 tags)',
    '[/|/var] / +0',
    'used',
    'free',
    '# docker 2 (2 tags)',
    'usage_percent api',
    'usage_percent mail',
    '# mem 9',
    ...Array.from({ length: 6 }, (_, i) => `part${i}`),
    '3 more',
    '# Other 1',
    'gpu_temp',
  ])
})

test('unfolded, folded and with another tag', () => {
  const unfolded = texts({ unfolded: new Set(['g2']), folded: new Set(['g0', 'g1']) })
  expect(unfolded.slice(0, 3)).toEqual(['# disk 2 (4 series, 2 tags)', '# docker 2 (2 tags)', '# mem 9'])
  expect(unfolded).toContain('part8')
  expect(texts({ chosen: new Map([['g0', '/var']]) })[1]).toBe('[/|/var] /var +0')
})

test('a filter looks at name and tag; a group says what it has no match in', () => {
  const { matched, total, without } = list({ filter: 'disk used' })
  expect([matched, total, without.map(({ title, count }) => `${title} ${count}`)]).toEqual([
    1,
    16,
    ['docker 2', 'mem 9', 'Other 1'],
  ])
  // The tag that matches is shown, whatever was chosen.
  expect(texts({ filter: '/VAR', chosen: new Map([['g0', '/']]) })).toEqual([
    '# disk 2 (4 series, 2 tags)',
    'used /var',
    'free /var',
  ])
})

test('pinned series come first, and stay in their group', () => {
  expect(texts({}, ['mem.part8', 'gpu_temp']).slice(0, 3)).toEqual(['# Pinned 2 (for all nodes)', 'part8', 'gpu_temp'])
  expect(texts({ filter: 'gpu' }, ['mem.part8', 'gpu_temp'])).toEqual([
    '# Pinned 1 (for all nodes)',
    'gpu_temp',
    '# Other 1',
    'gpu_temp',
  ])
})

test('chips are one line with the chosen one, until all are asked for', () => {
  const many = seriesGroups(
    Array.from({ length: 18 }, (_, i) => ({ name: `cpu.f${i % 2}{cpu=cpu${i >> 1}}`, unit: '', index: i })),
  )
  const chips = (change: Partial<SeriesListState>) =>
    seriesList(many, { items: [], note: '' }, state(change)).rows.flatMap((row) =>
      row.kind === 'chips' ? [`${row.chips.join(' ')} +${row.more}`] : [],
    )
  expect(chips({})).toEqual(['cpu0 cpu1 cpu2 +6'])
  expect(chips({ chosen: new Map([['g0', 'cpu8']]) })).toEqual(['cpu8 cpu0 cpu1 +6'])
  expect(chips({ allChips: new Set(['g0']) }).map((line) => line.split(' ').length - 1)).toEqual([5, 4])
})

test('the texts that the filter found', () => {
  expect(filterWords('  Usage  cpu ')).toEqual(['usage', 'cpu'])
  expect(markedParts('usage_user', 'USAGE_')).toEqual([
    { text: 'usage_', isFound: true },
    { text: 'user', isFound: false },
  ])
  expect(markedParts('used', '')).toEqual([{ text: 'used', isFound: false }])
})
