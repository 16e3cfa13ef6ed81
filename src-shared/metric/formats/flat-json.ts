import { rejected } from './readings.ts'
import type { DetectedValue, FormatReader } from './record-part.ts'

export function flatJson(isOther: (value: DetectedValue) => boolean): FormatReader {
  return {
    name: 'flat-json',
    detect: (value) => value.family === 'json' && !isOther(value) && false,
    read: () => rejected('flat-json', { code: 'wrong-shape', field: 'value', what: 'expected an object' }),
  }
}
