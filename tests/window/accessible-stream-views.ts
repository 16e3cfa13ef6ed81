import type { View } from './accessible-view.ts'

/** The page Stream in every state. */
export const streamViews: readonly View[] = [
  {
    name: 'Stream with a source',
    at: '?nodes=4#/stream',
    steps: (page) => page.getByRole('row', { name: /^telegraf/ }).click(),
  },
  {
    name: 'Stream in a small window',
    at: '?nodes=4#/stream',
    small: true,
    steps: (page) => page.getByRole('row').filter({ hasText: 'beats' }).click(),
  },
  {
    name: 'mapping of a topic, filled, with a value that has the focus',
    at: '?nodes=4&mappings=own#/stream/mapping/press-line',
    steps: async (page) => {
      await page.getByText('5 of 5 records read').waitFor()
      await page.getByRole('textbox', { name: 'Values' }).press('ArrowDown')
    },
  },
  {
    name: 'mapping of a topic in a small window, with records that are not read',
    at: '?nodes=4&mappings=own&records=mixed#/stream/mapping/press-line',
    small: true,
    steps: (page) => page.getByText('1 of 4 records read').waitFor(),
  },
  {
    name: 'mapping of a topic, of a file',
    at: '?nodes=4&session=operator&mappings=file#/stream/mapping/press-line',
    steps: (page) => page.getByText('5 of 5 records read').waitFor(),
  },
  {
    name: 'mapping of a topic, wrong fields',
    at: '?nodes=4&mappings=own#/stream/mapping/press-line',
    steps: async (page) => {
      await page.getByRole('textbox', { name: 'Node' }).fill('')
      await page.getByRole('textbox', { name: 'Time' }).fill('a..b')
      await page.getByRole('textbox', { name: 'Time' }).blur()
    },
  },
  {
    name: 'mapping of a topic, the question before leaving',
    at: '?nodes=4&mappings=own#/stream/mapping/press-line',
    steps: async (page) => {
      await page.getByRole('textbox', { name: 'Prefix' }).fill('line.')
      await page.keyboard.press('Escape')
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'mapping of a topic without records',
    at: '?nodes=4&records=none#/stream/mapping/press-line',
    steps: (page) => page.getByText('This topic has no records.').waitFor(),
  },
  {
    name: 'mapping of a topic that is no JSON',
    at: '?nodes=4&records=text#/stream/mapping/press-line',
    steps: (page) => page.getByText('The records of this topic are no JSON objects.').waitFor(),
  },
  { name: 'Stream, nothing matches', at: '?state=empty#/stream' },
  {
    name: 'Stream, a wrong pattern',
    at: '?nodes=4#/stream',
    steps: (page) => page.getByRole('textbox', { name: 'pattern' }).fill('^('),
  },
  {
    name: 'Stream, partitions',
    at: '?nodes=4&sources=many#/stream/partitions',
    steps: (page) => page.getByRole('row').nth(1).click(),
  },
  { name: 'Stream, partitions in a small window', at: '?nodes=4#/stream/partitions', small: true },
  {
    name: 'Stream, rejected messages and gaps',
    at: '?nodes=4#/stream/rejected',
    steps: (page) => page.getByRole('list', { name: 'Gaps' }).waitFor(),
  },
  { name: 'Stream, rejected messages in a small window', at: '?nodes=4#/stream/rejected', small: true },
  { name: 'Stream, nothing rejected', at: '?state=empty#/stream/rejected' },
  {
    name: 'dialog of the search for metrics',
    at: '?nodes=4&sources=few#/stream/find',
    steps: (page) => page.getByText('4 topics with metrics').waitFor(),
  },
  {
    name: 'dialog of the search for metrics in a small window, with fixed topics',
    at: '?nodes=4&sources=fixed#/stream/find',
    small: true,
    steps: (page) => page.getByText('4 topics with metrics').waitFor(),
  },
  {
    name: 'dialog of the search for metrics, without an answer',
    at: '?nodes=4&sources=unreachable#/stream/find',
    steps: (page) => page.getByRole('dialog').getByRole('alert').waitFor(),
  },
]
