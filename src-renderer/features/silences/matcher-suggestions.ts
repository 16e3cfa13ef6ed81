import { formatMatcher } from '#shared/silence/matcher-text.ts'
import { type Matcher, type MatcherName, matcherNames, MatcherOperator } from '#shared/silence/silence.ts'

/** The values that an operator can choose, by label. */
export type KnownValues = Readonly<Record<MatcherName, readonly string[]>>

export interface Suggestion {
  readonly label: string
  /** The field with the suggestion taken. */
  readonly text: string
}

/** As many as have room in two lines. */
const mostSuggestions = 8

/** What may follow in the field: names of labels, then values of the label. */
export function suggestionsFor(typed: string, values: KnownValues): readonly Suggestion[] {
  const [, before = '', name = '', operator = '', , value = ''] =
    /^(.*?)([A-Za-z_.]*)\s*(?:(=~|!~|!=|=)\s*("?)([^",{}]*))?$/.exec(typed) ?? []
  if (/"[^",]*$/.test(before.replaceAll(/"[^"]*"/g, ''))) return []
  if (operator === '') {
    return matcherNames
      .filter((known) => known.startsWith(name))
      .map((known) => ({ label: known, text: `${before}${known}=` }))
  }
  const known = matcherNames.find((candidate) => candidate === name)
  const read = MatcherOperator.safeParse(operator)
  if (known === undefined || !read.success || read.data.endsWith('~')) return []
  const query = value.toLowerCase()
  const found = values[known].filter((one) => one.toLowerCase().includes(query) && one !== value)
  const matcher = (one: string): Matcher => ({ name: known, operator: read.data, value: one })
  return found.slice(0, mostSuggestions).map((one) => ({ label: one, text: before + formatMatcher(matcher(one)) }))
}
