import { formatMatcher } from '#shared/silence/matcher-text.ts'
import { parseMetricName } from '#shared/metric/metric-name.ts'
import { isKnownLabel, Matcher, type MatcherName, matcherNames, MatcherOperator } from '#shared/silence/silence.ts'

/** The values that an operator can choose, by label, and by tag of a metric. */
export interface KnownValues extends Readonly<Record<MatcherName, readonly string[]>> {
  readonly tags: ReadonlyMap<string, readonly string[]>
}

/** The tags of these metrics that a matcher can name, with their values, sorted. */
export function tagsOf(metrics: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>()
  for (const metric of metrics) {
    for (const [name, value] of parseMetricName(metric).tags) {
      if (isKnownLabel(name) || !Matcher.shape.name.safeParse(name).success) continue
      found.set(name, (found.get(name) ?? new Set()).add(value))
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => [name, [...values].sort()]))
}

export interface Suggestion {
  readonly label: string
  /** The field with the suggestion taken. */
  readonly text: string
}

/** As many as have room in two lines. */
const mostSuggestions = 8

/** What may follow in the field: names of labels, then values of the label. */
export function suggestionsFor(typed: string, values: KnownValues): readonly Suggestion[] {
  const [before, name, operator, value] = lastOf(typed)
  if (/"[^",]*$/.test(before.replaceAll(/"[^"]*"/g, ''))) return []
  // A matcher begins at the start, or after a comma.
  if (!/(^|[,{])\s*$/.test(before)) return []
  if (operator === '') return labelsFor(name, values).map((known) => ({ label: known, text: `${before}${known}=` }))
  const known = isKnownLabel(name) ? values[name] : values.tags.get(name)
  const read = MatcherOperator.safeParse(operator)
  if (known === undefined || !read.success || read.data.endsWith('~')) return []
  const query = value.toLowerCase()
  const found = known.filter((one) => one.toLowerCase().includes(query) && one !== value)
  const matcher = (one: string): Matcher => ({ name, operator: read.data, value: one })
  return found.slice(0, mostSuggestions).map((one) => ({ label: one, text: before + formatMatcher(matcher(one)) }))
}

function labelsFor(begun: string, { tags }: KnownValues): readonly string[] {
  return [...matcherNames, ...tags.keys()].filter((known) => known.startsWith(begun)).slice(0, mostSuggestions)
}

/** What stands before the last matcher of the field, and the three parts of it; '' for what is not there. */
function lastOf(typed: string): readonly [before: string, name: string, operator: string, value: string] {
  const [, before = '', name = '', operator = '', , value = ''] =
    /^(.*?)([A-Za-z0-9_.]*)\s*(?:(=~|!~|!=|=)\s*("?)([^",{}]*))?$/.exec(typed) ?? []
  return [before, name, operator, value]
}
