import type { Alert } from '#shared/alert/alert.ts'
import { alertLine, clearLevelOf } from '#shared/alert/alert-text.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { formatCount } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { type Command, keyLabel } from '../commands/commands.svelte.ts'
import { alertText, filterWords, hasWords } from '../features/alerts/alert-filter.ts'
import { metricText } from '../features/alerts/alert-labels.ts'
import { sortedAlerts } from '../features/alerts/alert-sort.ts'
import { bestFirst, matching } from '../features/nodes/node-filter.ts'
import type { AppState } from '../live/app-state.svelte.ts'
import { directoryUnit } from '../features/nodes/node-series.ts'
import { foundCommands } from './found-commands.ts'
import type { Page } from './router.svelte.ts'

/** More nodes and more alerts are counted, not listed: typing more letters is faster than reading on. */
const most = 8

export interface PaletteResult {
  /** Unique in the list, and the same after the next letter. */
  readonly id: string
  readonly title: string
  /** The kind of result, at its right: the group of a command, Node, Alert. */
  readonly group: string
  readonly severity?: AlertSeverity
  /** The shortcut of a command. */
  readonly keys?: string
  readonly run: () => void
}

export interface PaletteResults {
  readonly results: readonly PaletteResult[]
  /** What is not listed, in one sentence; '' if all is listed. */
  readonly more: string
}

interface Named {
  readonly id: string
  readonly name: string
}

/** What can be opened, as it was when the palette was opened: results do not move by themselves under the marked one. */
export interface PalettePlaces {
  readonly nodes: readonly Named[]
  /** `text`: what the words are looked for in. */
  readonly alerts: ReadonlyArray<{ readonly alert: Alert; readonly text: string }>
}

const names = new Intl.Collator('en', { numeric: true })

/** All nodes in the order of their names, and the alerts that fire, the worst first. */
export function palettePlaces({ store, alerts }: AppState): PalettePlaces {
  const { directory } = store
  const firing = alerts.items.filter(({ phase }) => phase === 'firing')
  return {
    nodes: directory.nodes.toSorted((a, b) => names.compare(a.id, b.id)),
    alerts: sortedAlerts(firing, 'worst').map((alert) => {
      return { alert, text: alertText(alert, [metricText(alert, directoryUnit(directory, alert.metric))]) }
    }),
  }
}

/** The places that have the typed text, nodes that begin with it first. None without text. */
export function matchingPlaces({ nodes, alerts }: PalettePlaces, typed: string): PalettePlaces {
  const words = filterWords(typed)
  if (words.length === 0) return { nodes: [], alerts: [] }
  return {
    nodes: bestFirst(matching(nodes, typed), typed),
    alerts: alerts.filter(({ text }) => hasWords(text, words)),
  }
}

interface PaletteFacts {
  readonly app: AppState
  readonly commands: readonly Command[]
  /** Those of `matchingPlaces`. */
  readonly places: PalettePlaces
  readonly go: (page: Page, id: string) => void
}

/**
 * Commands that have the typed text, nodes and firing alerts. First those that begin with the text. Without text: commands.
 */
export function paletteResults(typed: string, { app, commands, places, go }: PaletteFacts): PaletteResults {
  const text = typed.trim().toLowerCase()
  const found = foundCommands(commands, typed).filter(({ id }) => id !== 'palette')
  const { nodes, alerts } = places
  const all = [
    ...found.map(ofCommand),
    ...nodes.slice(0, most).map((node) => ofNode(node, go)),
    ...alerts.slice(0, most).map(({ alert }) => ofAlert(alert, app, go)),
  ]
  const rank = ({ title }: PaletteResult): number => (title.toLowerCase().startsWith(text) ? 0 : 1)
  const more = [leftOut(nodes.length, 'nodes'), leftOut(alerts.length, 'alerts')].filter(Boolean)
  return {
    results: all.sort((a, b) => rank(a) - rank(b)),
    more: more.length === 0 ? '' : `${more.join(' and ')} are listed. Type more letters to find others.`,
  }
}

function leftOut(count: number, what: string): string {
  return count > most ? `${most} of ${formatCount(count)} ${what}` : ''
}

function ofCommand({ id, title, group, keys: [key], run }: Command): PaletteResult {
  return { id: `command ${id}`, title, group, ...(key === undefined ? {} : { keys: keyLabel(key) }), run }
}

function ofNode({ id, name }: Named, go: PaletteFacts['go']): PaletteResult {
  const title = [...new Set([shownText(id), shownText(name)])].join(' · ')
  return { id: `node ${id}`, title, group: 'Node', run: () => go('metrics', id) }
}

function ofAlert(alert: Alert, app: AppState, go: PaletteFacts['go']): PaletteResult {
  const unit = directoryUnit(app.store.directory, alert.metric)
  const title = alertLine(alert, { unit, clear: clearLevelOf(alert, app.ruleOf(alert)) })
  const { id, severity } = alert
  return { id: `alert ${id}`, title, group: 'Alert', severity, run: () => go('alerts', id) }
}
