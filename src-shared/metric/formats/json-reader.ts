import type { FormatName } from './format-name.ts'
import { passed, rejectedJson } from './readings.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'

/** A format whose records have one JSON value each. */
interface JsonFormat<T> {
  readonly name: FormatName
  /** How its records begin. So it is also found in one that is cut. */
  readonly head: RegExp
  /** What `read` needs of a value of this format; `undefined` if the value is of another one. Cheap. */
  readonly match: (json: unknown) => T | undefined
  readonly read: (found: T, record: FormatRecord) => RecordReading
}

/** A reader of JSON. What begins like its format and is no JSON is rejected. */
export function jsonReader<T extends object>({ name, head, match, read }: JsonFormat<T>): FormatReader {
  return {
    name,
    detect(value) {
      if (value.family === 'broken-json') return head.test(value.text)
      return value.family === 'json' && match(value.json) !== undefined
    },
    read(record, value) {
      if (value.family === 'broken-json') return rejectedJson(name, value.text)
      const found = value.family === 'json' ? match(value.json) : undefined
      return found === undefined ? passed('not-metrics') : read(found, record)
    },
  }
}
