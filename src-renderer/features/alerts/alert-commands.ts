import type { Alert } from '#shared/alert/alert.ts'
import type { Command } from '../../commands/commands.svelte.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { nodeOfRow } from './alert-rows.ts'
import type { AlertsPage } from './alerts-page.svelte.ts'
import type { ManyActs } from './many-acts.svelte.ts'

interface AlertCommandDeps {
  readonly app: AppState
  readonly page: AlertsPage
  readonly acts: ManyActs
  readonly acknowledge: () => void
  readonly takeOver: () => void
  /** Opens the dialog of a note. */
  readonly note: (kind: 'comment' | 'assign') => void
  readonly openNode: (nodeId: string) => void
  readonly focusFilter: () => void
  /** Opens the dialog of a silence. */
  readonly silence: (alerts: readonly Alert[]) => void
  readonly maySilence: () => boolean
}

/** The keys of the page Alerts. They act on the marked alerts; without any, on the selected one. */
export function alertCommands(deps: AlertCommandDeps): readonly Command[] {
  return [...listCommands(deps), ...markCommands(deps), ...actCommands(deps)]
}

function listCommands({ page, openNode, focusFilter }: AlertCommandDeps): Command[] {
  const group = 'Lists'
  return [
    { id: 'alerts.next', title: 'Next alert', group, keys: ['j'], run: () => page.move(1) },
    { id: 'alerts.previous', title: 'Previous alert', group, keys: ['k'], run: () => page.move(-1) },
    { id: 'alerts.filter', title: 'Filter the alerts', group, keys: ['/'], run: focusFilter },
    {
      id: 'alerts.node',
      title: 'Open metrics for the selected alert',
      group: 'Alerts',
      keys: ['o'],
      run: () => {
        const nodeId = page.row && nodeOfRow(page.row)
        if (nodeId !== undefined) openNode(nodeId)
      },
    },
  ]
}

function markCommands({ page }: AlertCommandDeps): Command[] {
  const group = 'Alerts'
  const { marks } = page
  return [
    {
      id: 'alerts.mark',
      title: 'Select the row, or the group',
      group,
      keys: ['x'],
      when: () => page.mayAcknowledge,
      run: () => {
        const { row } = page
        if (row?.kind === 'alert') marks.toggle(row.id)
        if (row?.kind !== 'group') return
        const ids = row.group.alerts.map(({ id }) => id)
        marks.set(ids, !ids.every((id) => marks.has(id)))
      },
    },
    {
      id: 'alerts.markRange',
      title: 'Select from the last selected row to this one',
      group,
      keys: ['Shift+x'],
      when: () => page.mayAcknowledge && page.row?.kind === 'alert',
      run: () => {
        if (page.row) marks.extend(page.shownIds, page.row.id)
      },
    },
    {
      id: 'alerts.markAll',
      title: 'Select all that is listed',
      group,
      keys: ['$mod+a'],
      when: () => page.mayAcknowledge && page.rows.length > 0,
      run: () =>
        marks.set(
          page.rows.map(({ id }) => id),
          true,
        ),
    },
    {
      id: 'alerts.clear',
      title: 'Select nothing',
      group,
      keys: ['Escape'],
      when: () => marks.any,
      run: () => marks.clear(),
    },
  ]
}

function actCommands({ app, acts, acknowledge, takeOver, note, silence, maySilence }: AlertCommandDeps): Command[] {
  const group = 'Alerts'
  const canNote = (): boolean => acts.canNote
  return [
    {
      id: 'alerts.acknowledge',
      title: 'Acknowledge',
      group,
      keys: ['a'],
      when: () => acts.acknowledgeable.length > 0,
      run: acknowledge,
    },
    {
      id: 'alerts.unacknowledge',
      title: 'Undo the acknowledgement of the selected alerts',
      group,
      keys: ['u'],
      when: () => acts.acknowledged.length > 0 && app.acknowledged.newest === undefined,
      run: () => void acts.unacknowledge(),
    },
    { id: 'alerts.comment', title: 'Comment', group, keys: ['c'], when: canNote, run: () => note('comment') },
    { id: 'alerts.mine', title: 'Take over', group, keys: ['m'], when: canNote, run: takeOver },
    {
      id: 'alerts.assign',
      title: 'Assign to a colleague',
      group,
      keys: ['Shift+m'],
      when: () => acts.canAssign,
      run: () => note('assign'),
    },
    {
      id: 'alerts.silence',
      title: 'Silence',
      group,
      keys: ['s'],
      when: maySilence,
      run: () => silence(acts.targets),
    },
  ]
}
