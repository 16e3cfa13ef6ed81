export const pages = ['overview', 'metrics', 'alerts', 'silences', 'thresholds', 'users', 'audit', 'settings'] as const
export type Page = (typeof pages)[number]

/** Pages that only administrators see. */
export const adminPages: ReadonlySet<Page> = new Set(['users', 'audit'])

export const pageTitle: Record<Page, string> = {
  overview: 'Overview',
  metrics: 'Metrics',
  alerts: 'Alerts',
  silences: 'Silences',
  thresholds: 'Thresholds',
  users: 'Users',
  audit: 'Audit',
  settings: 'Settings',
}

export interface PageRoute {
  readonly page: Page
  /** A node on Metrics, an alert on Alerts, a silence on Silences, a threshold on Thresholds, a section of Settings. */
  readonly id: string | undefined
}

/** The current page. It is stored in the address after `#`, so that a reload restores it. */
export class Router {
  route = $state.raw<PageRoute>({ page: 'overview', id: undefined })

  /** @returns stops listening */
  follow(): () => void {
    const read = (): void => {
      this.route = parseRoute(location.hash)
    }
    read()
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }

  /** Sets the route even if the address is unchanged: a second notification shows its alert again. */
  go(page: Page, id?: string): void {
    const href = pageHref(page, id)
    if (location.hash === href) this.route = parseRoute(href)
    else location.hash = href
  }
}

export function pageHref(page: Page, id?: string): string {
  return id === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`
}

export function parseRoute(hash: string): PageRoute {
  const [name = '', id = ''] = hash.replace(/^#\/?/, '').split('/')
  const page = pages.find((candidate) => candidate === name) ?? 'overview'
  return { page, id: id === '' ? undefined : decodeURIComponent(id) }
}
