import { RE2JS } from 're2js'

/** The longest pattern, characters. */
export const longestPattern = 256

/** A pattern that was compiled, or why it cannot be: one sentence, with the part of the pattern that is wrong. */
export type CompiledPattern =
  | { readonly ok: true; readonly matches: (text: string) => boolean }
  | { readonly ok: false; readonly problem: string; readonly part?: string }

/**
 * A regular expression of RE2, as in Prometheus and Alertmanager: it matches the whole text, in time linear to its
 * length, whatever the pattern. So no pattern of a person can stop a program. There are no look-arounds and no back
 * references.
 */
export function compilePattern(pattern: string): CompiledPattern {
  if (pattern.length > longestPattern) {
    return { ok: false, problem: `A pattern has at most ${longestPattern} characters.` }
  }
  try {
    const compiled = RE2JS.compile(pattern)
    return { ok: true, matches: (text) => compiled.matches(text) }
  } catch (error) {
    return { ok: false, ...problemOf(error) }
  }
}

function problemOf(error: unknown): { problem: string; part?: string } {
  const { error: reason, input: part } = Object(error) as { readonly error?: unknown; readonly input?: unknown }
  if (typeof reason !== 'string') return { problem: 'This pattern cannot be used.' }
  const why = reason.charAt(0).toUpperCase() + reason.slice(1)
  return typeof part === 'string' && part !== '' ? { problem: `${why}: ${part}`, part } : { problem: `${why}.` }
}
