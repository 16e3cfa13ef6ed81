import { rejected } from './readings.ts'
import type { FormatReader } from './record-part.ts'

export const influxLine: FormatReader = {
  name: 'influx-line',
  detect: () => false,
  read: () => rejected('influx-line', { code: 'wrong-shape', field: 'line 1', what: 'expected a line' }),
}
