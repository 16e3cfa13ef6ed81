import { expect, test } from 'vitest'
import { KeptSelection } from './kept-selection.svelte.ts'

/** A list of rows that a test replaces. */
function aList(...ids: string[]) {
  const list = $state({ ids })
  const rows = () => list.ids.map((id) => ({ id }))
  return { list, rows }
}

test('without a choice the first row is selected, and stays so when rows come before it', () => {
  const { list, rows } = aList('b', 'c')
  const selection = new KeptSelection(rows)
  expect(selection.row?.id).toBe('b')
  list.ids = ['a', 'b', 'c']
  expect(selection.row?.id).toBe('b')
})

test('when the selected row leaves, the row in its place is selected, at the end the one before', () => {
  const { list, rows } = aList('a', 'b', 'c')
  const selection = new KeptSelection(rows)
  selection.choose('b')
  expect(selection.row?.id).toBe('b')
  list.ids = ['a', 'c']
  expect(selection.row?.id).toBe('c')
  list.ids = ['a', 'c', 'b']
  expect(selection.row?.id).toBe('c')
  list.ids = ['a']
  expect(selection.row?.id).toBe('a')
  list.ids = []
  expect(selection.row).toBeUndefined()
})

test('the first row is the successor where that is wanted', () => {
  const { list, rows } = aList('a', 'b', 'c')
  const selection = new KeptSelection(rows, { successor: 'first' })
  selection.choose('b')
  void selection.row
  list.ids = ['a', 'c']
  expect(selection.row?.id).toBe('a')
})

test('another list begins at its first row, unless it has the selected one', () => {
  const { list, rows } = aList('a', 'b', 'c')
  const selection = new KeptSelection(rows)
  selection.choose('b')
  void selection.row
  list.ids = ['x', 'b']
  selection.restart()
  expect(selection.row?.id).toBe('b')
  list.ids = ['x', 'y']
  selection.restart()
  expect(selection.row?.id).toBe('x')
})

test('an awaited row is selected once it is there; a choice ends the wait', () => {
  const { list, rows } = aList()
  const wanted = $state<{ row: { id: string } }>({ row: { id: 'b' } })
  const selection = new KeptSelection(rows, { awaited: () => wanted.row })
  expect(selection.row).toBeUndefined()
  list.ids = ['a']
  expect(selection.row?.id).toBe('a')
  list.ids = ['a', 'b']
  expect(selection.row?.id).toBe('b')
  wanted.row = { id: 'c' }
  selection.choose('a')
  list.ids = ['a', 'b', 'c']
  expect(selection.row?.id).toBe('a')
  wanted.row = { id: 'c' }
  expect(selection.row?.id).toBe('c')
})
