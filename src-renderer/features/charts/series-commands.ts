import type { Command } from '../../commands/commands.svelte.ts'
import type { SeriesBrowser } from './series-browser.svelte.ts'

interface SeriesCommandsOptions {
  readonly browser: SeriesBrowser
  /** Whether the list of series is on the page. */
  readonly isShown: () => boolean
  /** Shows the list of nodes, or again the series. */
  readonly toggleNodes: () => void
}

/** Keys of the list of series. */
export function seriesCommands({ browser, isShown, toggleNodes }: SeriesCommandsOptions): readonly Command[] {
  const own = { when: isShown, group: 'Lists' } as const
  return [
    { ...own, id: 'series.next', title: 'Next series', keys: ['j'], run: () => browser.move(1) },
    { ...own, id: 'series.previous', title: 'Previous series', keys: ['k'], run: () => browser.move(-1) },
    {
      ...own,
      id: 'series.filter',
      title: 'Filter series',
      keys: ['/'],
      run: () => {
        const field = document.getElementById('series-filter')
        if (field instanceof HTMLInputElement) field.select()
      },
    },
    { ...own, id: 'series.show', title: 'Show the chart of the series', keys: ['Enter'], run: browser.openSelected },
    {
      ...own,
      id: 'series.pin',
      title: 'Pin the series for all nodes, this node, or no more',
      group: 'Metrics',
      keys: ['p'],
      run: browser.pinSelected,
    },
    {
      id: 'series.nodes',
      title: 'Choose the node, or back to its series',
      group: 'Metrics',
      keys: ['n'],
      when: () => browser.isOffered,
      run: toggleNodes,
    },
  ]
}
