import { shownText } from '#shared/format/shown-text.ts'
import { pathLimits, pathText, type FieldPath } from '#shared/metric/mapping/field-path.ts'

/** A piece of a line. With a path: a value that a field of the mapping can name. */
export interface JsonToken {
  readonly text: string
  readonly path?: string
}

export interface JsonLine {
  /** Levels of objects and lists around it. */
  readonly indent: number
  readonly tokens: readonly JsonToken[]
}

/** A record of JSON as it is drawn. `left`: values behind the last line, which are not drawn. */
export interface DrawnJson {
  readonly lines: readonly JsonLine[]
  readonly left: number
}

/** Values and lines that are drawn: more would make each key slow, and nobody looks through them. */
export const drawnAtMost = { values: 2_000, lines: 5_000 } as const
/** Characters of a text that are drawn. */
const textCharacters = 160
/** Characters of a line that holds a whole object or list. */
const lineCharacters = 92
/** Deeper objects and lists are drawn as `…`. A path has no more steps than that. */
const deepest = pathLimits.steps

/**
 * Lines of a JSON value, indented, with its values as tokens of their own. An object or list of plain values that fits
 * has a line for itself; those that stand below each other with the same keys are aligned.
 */
export function drawnJson(json: unknown): DrawnJson {
  const drawing = new Drawing()
  drawing.draw(json, { path: [], indent: 0, before: '', after: '' })
  return { lines: drawing.lines, left: drawing.left }
}

/** Where a value stands: its path, and what is before and behind it. */
interface Place {
  readonly path: FieldPath
  readonly indent: number
  readonly before: string
  readonly after: string
}

class Drawing {
  readonly lines: JsonLine[] = []
  left = 0
  #values = 0

  draw(value: unknown, place: Place): void {
    if (this.#isFull) {
      this.left += valuesIn(value, place.path.length)
      return
    }
    const tokens = oneLine(value, place.path)
    if (tokens) this.#line(place.indent, [{ text: place.before }, ...tokens, { text: place.after }])
    else this.#container(value as object, place)
  }

  get #isFull(): boolean {
    return this.#values >= drawnAtMost.values || this.lines.length >= drawnAtMost.lines
  }

  #container(value: object, { path, indent, before, after }: Place): void {
    const isList = Array.isArray(value)
    this.#line(indent, [{ text: `${before}${isList ? '[' : '{'}` }])
    const entries = entriesOf(value)
    const aligned = isList ? alignedRows(value, path) : undefined
    for (const [i, { step, key, value: one }] of entries.entries()) {
      const end = i === entries.length - 1 ? '' : ','
      const row = this.#isFull ? undefined : aligned?.[i]
      if (row) this.#line(indent + 1, [...row, { text: end }])
      else this.draw(one, { path: [...path, step], indent: indent + 1, before: key, after: end })
    }
    this.#line(indent, [{ text: `${isList ? ']' : '}'}${after}` }])
  }

  #line(indent: number, tokens: readonly JsonToken[]): void {
    const all = joined(tokens)
    this.lines.push({ indent, tokens: all })
    this.#values += all.filter(({ path }) => path !== undefined).length
  }
}

interface Entry {
  readonly step: FieldPath[number]
  /** Its key as it stands in an object; '' in a list. */
  readonly key: string
  readonly value: unknown
}

function entriesOf(value: object): readonly Entry[] {
  if (Array.isArray(value)) return value.map((one: unknown, index) => ({ step: { index }, key: '', value: one }))
  return Object.entries(value).map(([key, one]) => ({
    step: { key },
    key: `${quoted(key)}: `,
    value: one as unknown,
  }))
}

/** A plain value, or an object or list of plain values that fits. */
function oneLine(value: unknown, path: FieldPath): JsonToken[] | undefined {
  if (!isContainer(value)) return [plainToken(value, path)]
  if (path.length >= deepest) return [{ text: Array.isArray(value) ? '[…]' : '{…}' }]
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const cells = cellsOf(value, path)
  if (!cells) return undefined
  if (cells.length === 0) return [{ text: open + close }]
  const spaced = Array.isArray(value) ? '' : ' '
  const inner = cells.flatMap((cell, i) => (i === 0 ? cell : [{ text: ', ' }, ...cell]))
  const tokens = [{ text: open + spaced }, ...inner, { text: spaced + close }]
  return widthOf(tokens) + 2 * path.length <= lineCharacters ? tokens : undefined
}

/** One entry each: its key and its plain value. `undefined` if there are others, or too many for a line. */
function cellsOf(value: object, path: FieldPath): JsonToken[][] | undefined {
  const entries = entriesOf(value)
  if (entries.length > lineCharacters / 3 || entries.some((entry) => isContainer(entry.value))) return undefined
  return entries.map(({ step, key, value: one }) => [
    ...(key === '' ? [] : [{ text: key }]),
    plainToken(one, [...path, step]),
  ])
}

/** Objects of a list with the same keys, padded so that their values stand below each other. */
function alignedRows(list: readonly unknown[], path: FieldPath): JsonToken[][] | undefined {
  if (list.length < 2 || list.length > drawnAtMost.lines) return undefined
  const rows: JsonToken[][][] = []
  let keys: string | undefined
  for (const [index, one] of list.entries()) {
    if (!isContainer(one) || Array.isArray(one)) return undefined
    const cells = cellsOf(one, [...path, { index }])
    keys ??= Object.keys(one).join('\n')
    if (!cells || cells.length === 0 || Object.keys(one).join('\n') !== keys) return undefined
    rows.push(cells)
  }
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => widthOf(cells[i] ?? []))))
  const whole = widths.reduce((sum, width) => sum + width + 2, 0)
  if (whole + 2 * path.length > lineCharacters) return undefined
  return rows.map((cells) => [{ text: '{ ' }, ...cells.flatMap((cell, i) => padded(cell, widths, i)), { text: ' }' }])
}

function padded(cell: readonly JsonToken[], widths: readonly number[], i: number): JsonToken[] {
  if (i === widths.length - 1) return [...cell]
  return [...cell, { text: `, ${' '.repeat((widths[i] ?? 0) - widthOf(cell))}` }]
}

function plainToken(value: unknown, path: FieldPath): JsonToken {
  const text = typeof value === 'string' ? quoted(value) : String(value)
  const named = path.length > pathLimits.steps ? undefined : pathText(path)
  return named === undefined || named.length > pathLimits.characters ? { text } : { text, path: named }
}

function quoted(text: string): string {
  const cut = text.length > textCharacters ? `${text.slice(0, textCharacters)}…` : text
  return shownText(JSON.stringify(cut))
}

/** Texts that stand beside each other become one token. */
function joined(tokens: readonly JsonToken[]): JsonToken[] {
  const all: JsonToken[] = []
  for (const token of tokens) {
    const last = all.at(-1)
    if (token.path === undefined && last && last.path === undefined)
      all[all.length - 1] = { text: last.text + token.text }
    else if (token.path !== undefined || token.text !== '') all.push(token)
  }
  return all
}

function widthOf(tokens: readonly JsonToken[]): number {
  return tokens.reduce((sum, { text }) => sum + text.length, 0)
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function valuesIn(value: unknown, depth: number): number {
  if (!isContainer(value)) return 1
  if (depth >= deepest) return 0
  return Object.values(value).reduce((sum: number, one) => sum + valuesIn(one, depth + 1), 0)
}
