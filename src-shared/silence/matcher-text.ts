import { longestPattern } from '../pattern/linear-pattern.ts'
import { Matcher, MatcherOperator } from './silence.ts'

/** Matchers, or what is wrong and where: the characters from `from` to `to` (exclusive) of the text. */
export type ParsedMatchers =
  | { readonly ok: true; readonly matchers: readonly Matcher[] }
  | { readonly ok: false; readonly problem: string; readonly from: number; readonly to: number }

/**
 * Reads matchers in the grammar of Alertmanager: `{node=~"web-.*", severity="critical"}`. Braces and quotes may be left
 * out. Within quotes, `\"`, `\\` and `\n` are escapes. It does not compile patterns: see `matcherProblem`.
 */
export function parseMatchers(text: string): ParsedMatchers {
  const reader = new Reader(text)
  try {
    return { ok: true, matchers: reader.all() }
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error
    return { ok: false, problem: error.message, from: error.from, to: Math.max(error.to, error.from) }
  }
}

/** One matcher as `parseMatchers` reads it: `node=~"web-.*"`. */
export function formatMatcher({ name, operator, value }: Matcher): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `${name}${operator}"${escaped}"`
}

/** All of them in braces. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.map(formatMatcher).join(', ')}}`
}

class MatcherError extends Error {
  readonly from: number
  readonly to: number

  constructor(message: string, { from, to }: { from: number; to: number }) {
    super(message)
    this.from = from
    this.to = to
  }
}

const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n' }

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): Matcher[] {
    const isInBraces = this.#takes('{')
    const matchers: Matcher[] = []
    while (!this.#isAtEnd(isInBraces)) {
      if (matchers.length > 0 && !this.#takes(',')) throw this.#expected('a comma between matchers')
      // A comma may follow the last one, as in PromQL.
      if (this.#isAtEnd(isInBraces)) break
      matchers.push(this.#matcher())
    }
    if (isInBraces && !this.#takes('}')) throw this.#expected('a closing brace')
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#expected('the end')
    if (matchers.length === 0) throw this.#expected('a matcher, for example node="web-1"')
    return matchers
  }

  #isAtEnd(isInBraces: boolean): boolean {
    this.#skipSpace()
    return this.#at >= this.#text.length || (isInBraces && this.#text[this.#at] === '}')
  }

  #matcher(): Matcher {
    this.#skipSpace()
    const from = this.#at
    const name = this.#take(/[A-Za-z_][A-Za-z0-9_.]*/y)
    if (name === undefined) throw this.#expected('the name of a label')
    this.#skipSpace()
    const operator = MatcherOperator.safeParse(this.#take(/=~|!~|!=|=/y))
    if (!operator.success) throw this.#expected('=, !=, =~ or !~')
    this.#skipSpace()
    const value = this.#text[this.#at] === '"' ? this.#quoted() : (this.#take(/(?![=!~])[^\s,{}"]+/y) ?? '')
    const matcher = Matcher.safeParse({ name, operator: operator.data, value })
    if (matcher.success) return matcher.data
    const isLong = value.length > longestPattern
    const message = isLong ? `A value has at most ${longestPattern} characters.` : 'This name is too long.'
    throw new MatcherError(message, { from, to: this.#at })
  }

  #quoted(): string {
    const from = this.#at
    let value = ''
    for (let i = from + 1; i < this.#text.length; i++) {
      const character = this.#text[i] as string
      if (character === '"') {
        this.#at = i + 1
        return value
      }
      if (character !== '\\') {
        value += character
        continue
      }
      i++
      const escaped = this.#text[i]
      // Patterns have backslashes of their own: \d stays \d.
      value += escaped === undefined ? '' : (escapes[escaped] ?? `\\${escaped}`)
    }
    throw new MatcherError('The closing quote is missing.', { from, to: this.#text.length })
  }

  #takes(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #take(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #skipSpace(): void {
    this.#take(/\s+/y)
  }

  #expected(what: string): MatcherError {
    const from = this.#at
    const found = this.#text.slice(from, from + 1)
    const got = found === '' ? 'the text ends' : `found ${found}`
    return new MatcherError(`Expected ${what}; ${got}.`, { from, to: Math.min(from + 1, this.#text.length) })
  }
}
