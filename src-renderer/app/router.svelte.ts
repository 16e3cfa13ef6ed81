export const pages = ['overview', 'metrics', 'alerts', 'thresholds', 'users'] as const
export type Page = (typeof pages)[number]

export const pageTitle: Record<Page, string> = {
  overview: 'Overview',
  metrics: 'Metrics',
  alerts: 'Alerts',
  thresholds: 'Thresholds',
  users: 'Users',
}

export interface PageRoute {
  readonly page: Page
  /** What the page shows: a node on Metrics, an alert on Alerts, a rule on Thresholds. */
  readonly id: string | undefined
}

/** The place in the window, kept in the address after `#` so that a reload comes back to it. */
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

  /** Going to where one is already counts: a notification for the alert that was shown before shows it again. */
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
