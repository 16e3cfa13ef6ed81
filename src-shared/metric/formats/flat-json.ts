import { flatFields, type FlatFields } from './flat-fields.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, passed } from './readings.ts'
import type { DetectedValue, FormatReader, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { unitOfName } from './units.ts'

const format = 'flat-json'
const shapes = new ShapeCache<PlannedPart>()

/**
 * JSON of one's own: an object with one time, a host and numbers, which may be in objects. Cautious: logs and business
 * events have all of that too, and show by their other fields.
 * @param isOther whether another reader accepts the value
 */
export function flatJson(isOther: (value: DetectedValue) => boolean): FormatReader {
  return {
    name: format,
    detect: (value) =>
      value.family === 'json' && isJsonObject(value.json) && flatFields(value.json) !== undefined && !isOther(value),
    read(_, value) {
      const fields = value.family === 'json' && isJsonObject(value.json) ? flatFields(value.json) : undefined
      return fields ? readFlat(fields) : passed('not-metrics')
    },
  }
}

function readFlat({ nodeId, at, tags, attributes, unit, values: found }: FlatFields): RecordReading {
  const names = found.map(([name]) => name)
  const planned = shapes.get(JSON.stringify([names, tags, attributes, unit]), () =>
    planPart({
      format,
      group: '',
      tags,
      series: names.map((name) => ({ base: name, tags, unit: unit ?? unitOfName(name), isCounter: false })),
      attributes: Object.fromEntries(attributes),
    }),
  )
  return partReading(planned, { nodeId, nodeName: nodeId, at, values: found.map(([, value]) => value) })
}
