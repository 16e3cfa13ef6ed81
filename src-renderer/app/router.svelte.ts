export const pages = [
  'overview',
  'metrics',
  'alerts',
  'silences',
  'thresholds',
  'stream',
  'users',
  'audit',
  'settings',
] as const
export type Page = (typeof pages)[number]

/** Pages that only administrators see. */
export const adminPages: ReadonlySet<Page> = new Set(['users', 'audit'])

export const pageTitle: Record<Page, string> = {
  overview: 'Overview',
  metrics: 'Metrics',
  alerts: 'Alerts',
  silences: 'Silences',
  thresholds: 'Thresholds',
  stream: 'Stream',
  users: 'Users',
  audit: 'Audit',
  settings: 'Settings',
}

export interface PageRoute {
  readonly page: Page
  /**
   * A node on Metrics, an alert or a tab on Alerts, a silence on Silences, a threshold on Thresholds, a tab of Stream, a
   * section of Settings.
   */
  readonly id: string | undefined
  /** A moment on Metrics, epoch ms. */
  readonly at?: number | undefined
  /** The topic whose fields are mapped, on Stream. */
  readonly topic?: string | undefined
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
  go(page: Page, id?: string, at?: number | string): void {
    const href = pageHref(page, id, at)
    if (location.hash === href) this.route = parseRoute(href)
    else location.hash = href
  }
}

/** @param at a moment, epoch ms; or a topic */
export function pageHref(page: Page, id?: string, at?: number | string): string {
  if (id === undefined) return `#/${page}`
  const more = typeof at === 'number' ? String(Math.round(at)) : at === undefined ? undefined : encodeURIComponent(at)
  return `#/${page}/${encodeURIComponent(id)}${more === undefined ? '' : `/${more}`}`
}

export function parseRoute(hash: string): PageRoute {
  const [name = '', id = '', at = ''] = hash.replace(/^#\/?/, '').split('/')
  const page = pages.find((candidate) => candidate === name) ?? 'overview'
  if (page === 'stream' && at !== '') return { page, id: decodeURIComponent(id), topic: decodeURIComponent(at) }
  const moment = /^\d{1,16}$/.test(at) ? { at: Number(at) } : {}
  return { page, id: id === '' ? undefined : decodeURIComponent(id), ...moment }
}
