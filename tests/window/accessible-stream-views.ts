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
