import { knownMetrics } from '#shared/metric/metric-info.ts'

/** What the text filter asks for. `text`: words that are in a node, its name, a metric or a comment. */
export interface HistoryQuery {
  readonly nodeId?: string
  readonly metric?: string
  readonly text?: string
}

type Prefix = 'node' | 'metric'

/** `node:web-1`, `metric:"CPU usage"`: a word, or a text in quotes, after the prefix. */
const prefixed = /(?:^|\s)(node|metric):(?:"([^"]*)"|(\S*))/gi
/** As `HistoryFilter.text`. */
const longestText = 200

/** Reads the text filter. A prefix without a value is not a filter yet: somebody is typing it. */
export function parseQuery(typed: string): HistoryQuery {
  const found: Partial<Record<Prefix, string>> = {}
  const rest = typed.replaceAll(prefixed, (_: string, ...groups: Array<string | undefined>) => {
    const [prefix = '', quoted, word] = groups
    const value = (quoted ?? word ?? '').trim()
    if (value !== '') found[prefix.toLowerCase() as Prefix] = value
    return ' '
  })
  const text = rest.replaceAll(/\s+/g, ' ').trim().slice(0, longestText)
  return {
    ...(found.node === undefined ? {} : { nodeId: found.node }),
    ...(found.metric === undefined ? {} : { metric: metricNameOf(found.metric) }),
    ...(text === '' ? {} : { text }),
  }
}

/** The text filter with this node or metric instead of an earlier one. Its other words stay. */
export function withPrefix(typed: string, prefix: Prefix, value: string): string {
  const rest = typed.replaceAll(prefixed, (all, other: string) => (other.toLowerCase() === prefix ? ' ' : all))
  const written = /[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value
  return `${prefix}:${written} ${rest}`.replaceAll(/\s+/g, ' ').trim()
}

/** A metric by its name, or as the window calls it: `CPU`, `CPU usage`. */
function metricNameOf(typed: string): string {
  const wanted = typed.toLowerCase()
  const known = knownMetrics.find(({ name, label, shortLabel }) =>
    [name, label, shortLabel].some((word) => word.toLowerCase() === wanted),
  )
  return known?.name ?? typed
}
