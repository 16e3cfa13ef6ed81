/** A tag of a series: its key and its value. */
export type Tag = readonly [key: string, value: string]

/** The parts of a name like `disk.used_percent{path=/var}`. */
export interface MetricName {
  /** The name without its tags: `disk.used_percent`. */
  readonly base: string
  /** Up to the last point of `base`: `disk`; '' if it has none. */
  readonly measurement: string
  /** Behind the last point of `base`: `used_percent`. */
  readonly field: string
  readonly tags: readonly Tag[]
}

/** Characters that separate; a tag has them behind a backslash. */
const special = /[\\,={}]/g
const tagText = /^((?:[^\\={},]|\\.)*)=((?:[^\\{},]|\\.)*)(?:,|$)/

/**
 * The name of a series, `measurement.field{tag=value}`. Tags are sorted by their keys, so that one series has one name
 * whatever the order of a record. In keys and values, `\`, `,`, `{` and `}` are behind a backslash; in keys also `=`.
 */
export function metricName(base: string, tags: readonly Tag[]): string {
  return tags.length === 0 ? base : `${base}{${tagsText(tags)}}`
}

/** `path=/var`, sorted by key; '' without tags. */
export function tagsText(tags: readonly Tag[]): string {
  return [...tags]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${escaped(key, special)}=${escaped(value, /[\\,{}]/g)}`)
    .join(',')
}

/** Reads a name. One that `metricName` has not written is a base without tags: any text is a name. */
export function parseMetricName(name: string): MetricName {
  const open = name.indexOf('{')
  const tags = open > 0 && name.endsWith('}') ? parseTags(name.slice(open + 1, -1)) : undefined
  const base = tags ? name.slice(0, open) : name
  const point = base.lastIndexOf('.')
  const measurement = point > 0 ? base.slice(0, point) : ''
  return { base, measurement, field: point > 0 ? base.slice(point + 1) : base, tags: tags ?? [] }
}

/** Splits names that are joined by commas. Tags in braces have commas of their own. */
export function splitMetricNames(text: string): string[] {
  const names: string[] = []
  let from = 0
  while (from <= text.length) {
    const to = endOfName(text, from)
    names.push(text.slice(from, to))
    from = to + 1
  }
  return names
}

/** As `metricName` writes them. */
const tagsAt = /\{(?:[^\\={},]|\\.)*=(?:[^\\{},]|\\.)*(?:,(?:[^\\={},]|\\.)*=(?:[^\\{},]|\\.)*)*\}/sy

function endOfName(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === ',') return at
    if (text[at] !== '{') continue
    tagsAt.lastIndex = at
    const tags = tagsAt.exec(text)
    if (tags) at += tags[0].length - 1
  }
  return text.length
}

function parseTags(text: string): Tag[] | undefined {
  const tags: Tag[] = []
  let rest = text
  while (rest !== '') {
    const found = tagText.exec(rest)
    if (!found) return undefined
    tags.push([plain(found[1] as string), plain(found[2] as string)])
    rest = rest.slice(found[0].length)
  }
  return tags.length === 0 ? undefined : tags
}

function escaped(text: string, characters: RegExp): string {
  return text.replaceAll(characters, String.raw`\$&`)
}

function plain(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1')
}
