import type { Command } from '../../../commands/commands.svelte.ts'
import type { HistoryOutput } from './history-output.svelte.ts'
import type { HistoryPage } from './history-page.svelte.ts'

export interface HistoryActions {
  readonly page: HistoryPage
  readonly output: HistoryOutput
  /** Shows the charts at the time of the selected alert. */
  readonly showMoment: () => void
  /** Lists only the node of the selected alert. */
  readonly onlyNode: () => void
}

/** The keys of the history. */
export function historyCommands(actions: HistoryActions): readonly Command[] {
  return [...listCommands(actions), ...alertCommands(actions)]
}

function listCommands({ page }: HistoryActions): readonly Command[] {
  const group = 'Lists'
  return [
    { id: 'history.next', title: 'Next entry', group, keys: ['j'], run: () => page.move(1) },
    { id: 'history.previous', title: 'Previous entry', group, keys: ['k'], run: () => page.move(-1) },
    {
      id: 'history.filter',
      title: 'Filter the history',
      group,
      keys: ['/'],
      run: () => {
        const field = document.getElementById('history-filter')
        if (field instanceof HTMLInputElement) field.select()
      },
    },
    {
      id: 'history.clear',
      title: 'Remove the filters',
      group,
      keys: ['Escape'],
      when: () => page.isFiltered,
      run: () => page.removeFilter(),
    },
  ]
}

function alertCommands({ page, output, showMoment, onlyNode }: HistoryActions): readonly Command[] {
  const group = 'Alerts'
  const isAlert = (): boolean => page.selected !== undefined
  return [
    {
      id: 'history.moment',
      title: 'Open the charts at the time of the selected alert',
      group,
      keys: ['m', 'Enter'],
      when: isAlert,
      run: showMoment,
    },
    {
      id: 'history.node',
      title: 'List only the node of the selected alert',
      group,
      keys: ['f'],
      when: isAlert,
      run: onlyNode,
    },
    {
      id: 'history.copy',
      title: 'Copy the selected alert as text',
      group,
      keys: ['y'],
      when: () => page.row !== undefined,
      run: () => output.copySelected(),
    },
    {
      id: 'history.copy-list',
      title: 'Copy the list as text',
      group,
      keys: ['[Shift]+Y'],
      when: () => page.isLoaded,
      run: () => void output.copyList(),
    },
    { id: 'history.reload', title: 'List alerts up to now', group, keys: ['r'], run: () => void page.reload() },
    { id: 'history.export', title: 'Export CSV', group, keys: ['e'], run: () => void output.exportCsv() },
  ]
}
