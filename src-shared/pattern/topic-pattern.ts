/** Alternatives of a pattern like `^(metrics-|telegraf$)`, and topics that `^(?!…)` leaves out. */
interface TopicAlternatives {
  /** Regular expressions behind `^`, in their order. */
  readonly read: readonly string[]
  /** The same, with `$`. */
  readonly leftOut: readonly string[]
}

const excluding = /^\(\?!([^()]*)\)/

/** A topic's name in a regular expression. Of the characters that Kafka allows, only the point means something there. */
function escapedTopic(topic: string): string {
  return topic.replaceAll('.', String.raw`\.`)
}

/**
 * The pattern that also matches these topics, by their whole names: `^metrics-` and `telegraf` give
 * `^(metrics-|telegraf$)`. What the pattern matched before, it matches after.
 */
export function withTopics(pattern: string, topics: readonly string[]): string {
  const missing = [...new Set(topics)].filter((topic) => !matches(pattern, topic))
  if (missing.length === 0) return pattern
  const added = missing.map((topic) => `${escapedTopic(topic)}$`)
  const known = alternativesOf(pattern)
  if (!known) return `${pattern}|^${grouped(added)}`
  const leftOut = known.leftOut.filter((one) => !added.includes(one))
  const still = added.filter((_, i) => !matches(written({ ...known, leftOut }), missing[i] as string))
  return written({ read: [...known.read, ...still], leftOut })
}

/**
 * The pattern that no longer matches these topics; `undefined` if it would match none at all. An alternative that names
 * one of them goes; what another alternative still matches is left out by a look-ahead.
 */
export function withoutTopics(pattern: string, topics: readonly string[]): string | undefined {
  const names = topics.map((topic) => `${escapedTopic(topic)}$`)
  const known = alternativesOf(pattern)
  if (!known) return `^(?!${names.join('|')})(?=.*(?:${pattern}))`
  const read = known.read.filter((one) => !names.includes(one))
  if (read.length === 0) return undefined
  const rest = { read, leftOut: known.leftOut }
  const still = names.filter((_, i) => matches(written(rest), topics[i] as string))
  return written({ read, leftOut: [...known.leftOut, ...still] })
}

/** The pattern without the alternative that is this prefix: `metrics-` of `^(metrics-|telegraf$)`. See `withoutTopics`. */
export function withoutPrefix(pattern: string, prefix: string): string | undefined {
  const known = alternativesOf(pattern)
  if (!known) return undefined
  const read = known.read.filter((one) => one !== escapedTopic(prefix))
  return read.length === 0 || read.length === known.read.length ? undefined : written({ ...known, read })
}

/** Prefixes of topics that the pattern names: `metrics-` of `^(metrics-|telegraf$)`. */
export function prefixesOf(pattern: string): readonly string[] {
  const plain = /^(?:[\w-]|\\.)+$/
  const read = alternativesOf(pattern)?.read ?? []
  return read.filter((one) => plain.test(one)).map((one) => one.replaceAll(/\\(.)/g, '$1'))
}

/** Why the pattern cannot be used: one sentence; `undefined` if it can. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'Enter a regular expression such as ^metrics-.'
  try {
    return new RegExp(pattern) instanceof RegExp ? undefined : 'This is no regular expression.'
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^Invalid regular expression: /, '') : ''
    return `This is no regular expression: ${reason}.`
  }
}

function matches(pattern: string, topic: string): boolean {
  return patternProblem(pattern) === undefined && new RegExp(pattern).test(topic)
}

function written({ read, leftOut }: TopicAlternatives): string {
  const not = leftOut.length === 0 ? '' : `(?!${leftOut.join('|')})`
  return `^${not}${grouped(read)}`
}

function grouped(alternatives: readonly string[]): string {
  return alternatives.length === 1 ? (alternatives[0] as string) : `(${alternatives.join('|')})`
}

/** `undefined` for a pattern of another form. Its alternatives have no groups and classes, so that they can be split. */
function alternativesOf(pattern: string): TopicAlternatives | undefined {
  if (!pattern.startsWith('^') || patternProblem(pattern) !== undefined) return undefined
  const behind = pattern.slice(1)
  const not = excluding.exec(behind)
  const read = splitAlternatives(behind.slice(not?.[0].length ?? 0))
  return read && { read, leftOut: not?.[1]?.split('|') ?? [] }
}

/** `(a|b)`, `(?:a|b)` or `a`. */
function splitAlternatives(text: string): readonly string[] | undefined {
  const group = /^\((?:\?:)?([^()[\]?][^()[\]]*)\)$/.exec(text)?.[1]
  if (group === undefined && text.includes('|')) return undefined
  const inner = group ?? text
  const read = inner.split('|')
  return /[()[\]]/.test(inner) || inner.endsWith('\\') || read.includes('') ? undefined : read
}
