/** 1 → "1 broker", 3 → "3 brokers". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Names in a sentence: at most `most` of them, then how many more. */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}

/** The sentence about the first of several failures, and whom else it concerns. */
export function withOthers(sentence: string, others: readonly string[]): string {
  return others.length === 0 ? sentence : `${sentence} Not usable either: ${listed(others)}.`
}

/** The first line of an error, as a sentence. */
export function messageOf(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  return line.endsWith('.') ? line : `${line}.`
}

/** Node's code of an error, or the empty text. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}
