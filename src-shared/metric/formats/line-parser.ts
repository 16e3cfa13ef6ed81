import type { Tag } from '../metric-name.ts'

/** A line of InfluxDB's line protocol. */
export interface Line {
  readonly measurement: string
  readonly tags: readonly Tag[]
  /** Fields with a number, in the order of the line. Booleans are 1 and 0; texts and NaN are left out. */
  readonly fields: ReadonlyArray<readonly [name: string, value: number]>
  /** Whether a field is NaN or infinite. */
  readonly hasNotNumber: boolean
  /** The digits of the time; '' without one. */
  readonly time: string
}

/** What is wrong with a line. */
export interface LineDamage {
  /** Number of the line in the text, from 1. */
  readonly line: number
  /** `measurement`, `tag host`, `field load1` or `timestamp`. */
  readonly field: string
  /** What was expected, and what was found. */
  readonly what: string
}

const [tab, newline, carriageReturn, space, quote, hash, comma, equals, backslash] = [
  0x09, 0x0a, 0x0d, 0x20, 0x22, 0x23, 0x2c, 0x3d, 0x5c,
]
const integer = /^[+-]?\d+[iu]$/
const float = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const isTrue = /^(?:t|T|true|True|TRUE)$/
const isFalse = /^(?:f|F|false|False|FALSE)$/
const notNumber = /^[+-]?(?:nan|inf|infinity)$/i
const time = /^-?\d+$/
const shownAtMost = 40

/** A damage of the line that is being read. One object for all lines: an error costs as much as reading ten lines. */
class Damaged extends Error {
  field = ''

  of(field: string, what: string): this {
    this.field = field
    this.message = what
    return this
  }
}

/**
 * Reads lines of a text one by one. Blank lines and comments are skipped. A quoted text may have line feeds in it. After
 * a damaged line, the next one is read.
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export class LineParser {
  /** Where the line that was read last begins. */
  began = 0
  readonly #text: string
  readonly #damaged = new Damaged()
  #at = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  /** The next line, or what is wrong with it; `undefined` at the end. */
  next(): Line | LineDamage | undefined {
    this.#skipBlank()
    if (this.#at >= this.#text.length) return undefined
    const line = this.#line
    this.began = this.#at
    try {
      return this.#read()
    } catch (error) {
      if (error !== this.#damaged) throw error
      this.#skipLine()
      return { line, field: this.#damaged.field, what: this.#damaged.message }
    }
  }

  #skipBlank(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === newline) this.#line++
      else if (code === hash) this.#skipComment()
      else if (code !== space && code !== tab && code !== carriageReturn) return
    }
  }

  /** Ends in front of the line feed. */
  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = (end === -1 ? this.#text.length : end) - 1
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end
  }

  #read(): Line {
    const measurement = this.#word('measurement', false)
    if (measurement === '') throw this.#damaged.of('measurement', 'expected a name, got nothing')
    const tags = this.#tags()
    this.#expect(space, 'fields', 'a space and fields')
    this.#skipSpaces()
    const { fields, hasNotNumber } = this.#fields()
    this.#skipSpaces()
    return { measurement, tags, fields, hasNotNumber, time: this.#time() }
  }

  #tags(): readonly Tag[] {
    const tags: Tag[] = []
    const keys = new Set<string>()
    while (this.#is(comma)) {
      this.#at++
      const key = this.#word('tags', true)
      const shown = `tag ${key.slice(0, shownAtMost)}`
      if (key === '') throw this.#damaged.of('tags', 'expected a key, got nothing')
      this.#expect(equals, shown, 'a value')
      const value = this.#word(shown, true)
      if (value === '') throw this.#damaged.of(shown, 'expected a value, got nothing')
      if (keys.has(key)) throw this.#damaged.of(shown, 'expected it once, got it twice')
      keys.add(key)
      tags.push([key, value])
    }
    return tags
  }

  #fields(): Pick<Line, 'fields' | 'hasNotNumber'> {
    const fields: Array<readonly [string, number]> = []
    let hasNotNumber = false
    do {
      if (this.#is(comma)) this.#at++
      const name = this.#word('fields', true)
      const shown = `field ${name.slice(0, shownAtMost)}`
      if (name === '') throw this.#damaged.of('fields', `expected a name, got ${this.#found()}`)
      this.#expect(equals, shown, 'a value')
      const value = this.#value(shown)
      if (Number.isFinite(value)) fields.push([name, value as number])
      else if (value !== undefined) hasNotNumber = true
    } while (this.#is(comma))
    return { fields, hasNotNumber }
  }

  /** A number; NaN or an infinity; `undefined` for a text. */
  #value(field: string): number | undefined {
    if (this.#is(quote)) {
      this.#skipText(field)
      return undefined
    }
    const from = this.#at
    while (this.#at < this.#text.length && !this.#isEndOfValue()) this.#at++
    const text = this.#text.slice(from, this.#at)
    if (float.test(text)) return Number(text)
    if (integer.test(text)) return Number(text.slice(0, -1))
    if (isTrue.test(text)) return 1
    if (isFalse.test(text)) return 0
    if (notNumber.test(text)) return NaN
    throw this.#damaged.of(field, `expected a number, a boolean or a quoted text, got ${shown(text)}`)
  }

  #skipText(field: string): void {
    const [line, from] = [this.#line, this.#at]
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === newline) this.#line++
      if (code === backslash) this.#at++
      else if (code === quote) {
        this.#at++
        return
      }
    }
    // The lines behind it may be good. This happens once in a text: a later quote would have closed this one.
    this.#line = line
    this.#at = from
    throw this.#damaged.of(field, 'expected a closing quote, got the end')
  }

  #time(): string {
    const from = this.#at
    while (this.#at < this.#text.length && !this.#isEndOfLine()) this.#at++
    const text = this.#text.slice(from, this.#at).trimEnd()
    if (text !== '' && !time.test(text)) throw this.#damaged.of('timestamp', `expected digits, got ${shown(text)}`)
    return text
  }

  /** A word up to an unescaped separator: a space or a comma, and with `isKey` an equals sign. */
  #word(field: string, isKey: boolean): string {
    const from = this.#at
    let hasEscape = false
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === backslash) {
        hasEscape = true
        this.#at++
      } else if (code === space || code === comma || (isKey && code === equals)) break
      else if (code === newline) throw this.#damaged.of(field, 'expected a field with a value, got the end of the line')
    }
    const word = this.#text.slice(from, Math.min(this.#at, this.#text.length))
    return hasEscape ? word.replaceAll(isKey ? /\\([, =])/g : /\\([, ])/g, '$1') : word
  }

  #expect(code: number, field: string, what: string): void {
    if (!this.#is(code)) throw this.#damaged.of(field, `expected ${what}, got ${this.#found()}`)
    this.#at++
  }

  #found(): string {
    if (this.#at >= this.#text.length) return 'the end'
    return this.#isEndOfLine() ? 'the end of the line' : shown(this.#text.charAt(this.#at))
  }

  #is(code: number): boolean {
    return this.#text.charCodeAt(this.#at) === code
  }

  #isEndOfLine(): boolean {
    return this.#is(newline)
  }

  #isEndOfValue(): boolean {
    const code = this.#text.charCodeAt(this.#at)
    return code === comma || code === space || code === newline || code === carriageReturn
  }

  #skipSpaces(): void {
    while (this.#is(space)) this.#at++
  }
}

function shown(text: string): string {
  if (text === '') return 'nothing'
  return JSON.stringify(text.length > shownAtMost ? `${text.slice(0, shownAtMost)}…` : text)
}
