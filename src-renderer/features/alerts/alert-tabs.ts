import type { AlertTab } from './alerts-page.svelte.ts'

/** Tabs of the page Alerts: lists of what is open, and what has been. */
export const alertTabs = [
  { value: 'unacknowledged', label: 'Unacknowledged' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'silenced', label: 'Silenced' },
  { value: 'all', label: 'All' },
  { value: 'history', label: 'History' },
  { value: 'report', label: 'Report' },
] as const satisfies ReadonlyArray<{ readonly value: AlertTab | 'history' | 'report'; readonly label: string }>
export type AlertsTab = (typeof alertTabs)[number]['value']

/** The tab of an address of the page Alerts, or `undefined` if its id is that of an alert. */
export function alertTabOf(id: string | undefined): AlertsTab | undefined {
  return id === undefined ? 'unacknowledged' : alertTabs.find(({ value }) => value === id)?.value
}

/** A tab that lists open alerts. */
export function isOpenTab(tab: AlertsTab): tab is AlertTab {
  return tab !== 'history' && tab !== 'report'
}
