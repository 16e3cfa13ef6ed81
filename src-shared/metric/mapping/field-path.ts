/**
 * A place in a record of JSON: `machine.serial`, `readings[*]`, `["a.b"].c`, `[0].host`. The empty path is the record
 * itself. `*` stands for each element of a list, or for each field of an object.
 */
export type FieldPath = readonly PathStep[]

/** A key, an index of a list, or all of them. */
export type PathStep = { readonly key: string } | { readonly index: number } | 'each'

/** Characters of a path as text, and steps. */
export const pathLimits = { characters: 512, steps: 16 } as const

const step = /\.?([^.[\]"*]+)|\.?(\*)|\[(\d{1,6})\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/y

/** Reads a path. @returns `undefined` if the text is none */
export function parsePath(text: string): FieldPath | undefined {
  if (text.length > pathLimits.characters) return undefined
  const steps: PathStep[] = []
  step.lastIndex = 0
  while (step.lastIndex < text.length) {
    const isFirst = step.lastIndex === 0
    const found = step.exec(text)
    if (!found || steps.length === pathLimits.steps) return undefined
    const [whole, key, star, index, starIndex, quoted] = found
    const isAfterDot = whole.startsWith('.')
    if (!whole.startsWith('[') && isAfterDot === isFirst) return undefined
    if (star !== undefined || starIndex !== undefined) steps.push('each')
    else if (index !== undefined) steps.push({ index: Number(index) })
    else {
      const name = quoted === undefined ? key : quotedKey(quoted)
      if (name === undefined) return undefined
      steps.push({ key: name })
    }
  }
  return steps
}

/** The shortest text of a path, which `parsePath` reads as the same path. */
export function pathText(path: FieldPath): string {
  let text = ''
  for (const one of path) {
    if (one === 'each') text += '[*]'
    else if ('index' in one) text += `[${one.index}]`
    else if (/^[^.[\]"*]+$/.test(one.key)) text += text === '' ? one.key : `.${one.key}`
    else text += `[${JSON.stringify(one.key)}]`
  }
  return text
}

function quotedKey(quoted: string): string | undefined {
  try {
    const key: unknown = JSON.parse(quoted)
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}
