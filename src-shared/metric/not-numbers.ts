/** In front of what Python writes for a value that is no number. NUL: no text of a message may have it. */
const mark = '\0'

/** A text, which stays as it is, or one of these words outside of texts. */
const textOrWord = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

/**
 * Python writes NaN and Infinity into JSON, which has neither. They become marked texts, so that only the metric is
 * refused.
 * @returns `undefined` if there are none
 */
export function withoutNotNumbers(text: string): string | undefined {
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined
  return text.replace(textOrWord, (found) => (found.startsWith('"') ? found : `"\\u0000${found}"`))
}

/** The word that a marked text stands for. */
export function spelledNotNumber(text: string): string | undefined {
  return text.startsWith(mark) && /^-?(?:NaN|Infinity)$/.test(text.slice(1)) ? text.slice(1) : undefined
}
