import { shownText } from '#shared/format/shown-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { metricName, parseMetricName, tagsText, type Tag } from '#shared/metric/metric-name.ts'
import { isAboutMetric } from '#shared/rule/rule-subject.ts'

/** Series with one name and the same tags, whatever their values are: `disk.used_percent` by path. */
export interface MetricFamily {
  readonly key: string
  readonly label: string
  readonly base: string
  /** Values by tag, sorted. Empty: one series without tags. */
  readonly tags: ReadonlyMap<string, readonly string[]>
}

/** What a form chooses: the fixed part of the name, and the tags with any value. */
export interface Subject {
  readonly metric: string
  readonly anyTags: readonly string[]
}

/** More values of a tag than a person looks through. The chosen one is always there. */
const mostValues = 200

export function familiesOf(metrics: readonly string[]): readonly MetricFamily[] {
  const found = new Map<string, { base: string; tags: Map<string, Set<string>> }>()
  for (const metric of metrics) {
    const { base, tags } = parseMetricName(metric)
    const key = familyKey(
      base,
      tags.map(([name]) => name),
    )
    let family = found.get(key)
    if (!family) found.set(key, (family = { base, tags: new Map() }))
    for (const [name, value] of tags) {
      const values = family.tags.get(name) ?? new Set()
      if (values.size < mostValues) values.add(value)
      family.tags.set(name, values)
    }
  }
  return [...found].map(([key, { base, tags }]) => {
    const names = [...tags.keys()].map(shownText)
    const label = metricInfo(base).label
    const sorted = [...tags].map(([name, values]): [string, string[]] => [name, [...values].sort()])
    return { key, base, label: names.length === 0 ? label : `${label}, by ${names.join(', ')}`, tags: new Map(sorted) }
  })
}

/** The family of what a form chooses. */
export function familyOf({ metric, anyTags }: Subject): string {
  const { base, tags } = parseMetricName(metric)
  return familyKey(base, [...tags.map(([name]) => name), ...anyTags])
}

/** The value of each tag; `undefined`: any. */
export function tagChoices({ metric, anyTags }: Subject): ReadonlyArray<readonly [string, string | undefined]> {
  const choices: Array<readonly [string, string | undefined]> = [
    ...parseMetricName(metric).tags,
    ...anyTags.map((name) => [name, undefined] as const),
  ]
  return choices.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The whole family: each tag may have any value. */
export function wholeFamily({ base, tags }: MetricFamily): Subject {
  return { metric: base, anyTags: [...tags.keys()] }
}

/** `value`: `undefined` for any. */
export function withTag(subject: Subject, name: string, value: string | undefined): Subject {
  const { base } = parseMetricName(subject.metric)
  const choices = tagChoices(subject).map(([other, known]) => [other, other === name ? value : known] as const)
  const fixed = choices.flatMap(([other, known]): Tag[] => (known === undefined ? [] : [[other, known]]))
  const anyTags = choices.flatMap(([other, known]) => (known === undefined ? [other] : []))
  return { metric: metricName(base, fixed), anyTags }
}

/** The unit that a rule's series have, from the names and units of the nodes; '' if none is known. */
export function unitOfRule(
  rule: object & { readonly metric?: string; readonly anyTags?: readonly string[] | undefined },
  { metrics, units }: { readonly metrics: readonly string[]; readonly units: readonly string[] },
): string {
  const { metric = '', anyTags = [] } = rule
  const index =
    anyTags.length === 0
      ? metrics.indexOf(metric)
      : metrics.findIndex((name) => isAboutMetric({ ...aboutOnly, metric, anyTags: [...anyTags] }, name))
  return units[index] ?? ''
}

/** What else a rule has does not matter for what it is about. */
const aboutOnly = { scope: { kind: 'all' }, condition: 'greater', forSeconds: 0, enabled: true } as const

function familyKey(base: string, names: readonly string[]): string {
  return `${base}${names.length === 0 ? '' : `{${tagsText(names.map((name) => [name, '']))}}`}`
}
