import { shownText } from '#shared/format/shown-text.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** The nodes with this text in their id or name, in any case, as it is or as it is shown. */
export function matching<T extends Named>(nodes: readonly T[], filter: string): readonly T[] {
  const text = normal(filter)
  return text === '' ? nodes : nodes.filter((node) => textsOf(node).some((one) => one.includes(text)))
}

/** The node that Enter opens: with this id or name, else one that begins with the text, else the first of the list. */
export function bestMatch<T extends Named>(matches: readonly T[], filter: string): T | undefined {
  return normal(filter) === '' ? undefined : bestFirst(matches, filter)[0]
}

/** Those with this id or name, then those that begin with the text, then the others; each in the order of the list. */
export function bestFirst<T extends Named>(matches: readonly T[], filter: string): readonly T[] {
  const text = normal(filter)
  const rankOf = (node: T): number => {
    const texts = textsOf(node)
    return texts.includes(text) ? 0 : texts.some((one) => one.startsWith(text)) ? 1 : 2
  }
  return matches
    .map((node) => ({ node, rank: rankOf(node) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ node }) => node)
}

/** Id and name, as they are and as they are shown. */
function textsOf({ id, name }: Named): readonly string[] {
  return [id, name, shownText(id), shownText(name)].map(normal)
}

function normal(text: string): string {
  return text.trim().toLowerCase()
}
