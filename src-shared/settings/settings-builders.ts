import type { ReadText } from './environment.ts'

/** Reads from these files, of which there are no others. A builder for tests, of every process. */
export const readingFrom =
  (files: Readonly<Record<string, string>>): ReadText =>
  (path) => {
    const text = files[path]
    if (text === undefined) throw new Error('no such file')
    return text
  }
