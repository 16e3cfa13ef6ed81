interface Named {
  readonly id: string
  readonly name: string
}

/** The nodes with this text in their id or name, in any case. */
export function matching<T extends Named>(nodes: readonly T[], filter: string): readonly T[] {
  const text = normal(filter)
  return text === '' ? nodes : nodes.filter(({ id, name }) => normal(id).includes(text) || normal(name).includes(text))
}

/** The node that Enter opens: with this id or name, else one that begins with the text, else the first of the list. */
export function bestMatch<T extends Named>(matches: readonly T[], filter: string): T | undefined {
  const text = normal(filter)
  if (text === '') return undefined
  const ranks = matches.map(({ id, name }): number => {
    const texts = [normal(id), normal(name)]
    return texts.includes(text) ? 0 : texts.some((one) => one.startsWith(text)) ? 1 : 2
  })
  return matches[ranks.indexOf(Math.min(...ranks))]
}

function normal(text: string): string {
  return text.trim().toLowerCase()
}
