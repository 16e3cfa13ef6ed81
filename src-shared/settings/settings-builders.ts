import type { ReadText } from './environment.ts'

/** A file reader that knows only these files. Test builder, for every program. */
export const readingFrom =
  (files: Readonly<Record<string, string>>): ReadText =>
  (path) => {
    const text = files[path]
    if (text === undefined) throw new Error('no such file')
    return text
  }
