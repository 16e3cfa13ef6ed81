import { isJsonObject, shownValue } from '../readings.ts'
import { jsonAttributes } from './json-attributes.ts'
import { JsonPoints } from './json-points.ts'
import type { KnownResource, MetricSeries } from './otlp-memo.ts'
import type { OtlpParts } from './otlp-parts.ts'
import type { MetricKind } from './otlp-series.ts'

type Json = Readonly<Record<string, unknown>>

/** Fields of a metric that have data points, and what they are. */
const dataFields: ReadonlyArray<readonly [string, MetricKind]> = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'histogram'],
  ['summary', 'summary'],
]
/** Older producers write the name of the enum. */
const deltas: ReadonlySet<unknown> = new Set([1, 'AGGREGATION_TEMPORALITY_DELTA'])

/** Reads a message MetricsData in JSON. What is damaged is refused with its place; the rest counts. */
export class JsonMessage {
  readonly #parts: OtlpParts
  readonly #points: JsonPoints

  constructor(parts: OtlpParts) {
    this.#parts = parts
    this.#points = new JsonPoints(parts)
  }

  read(json: Json): void {
    this.#each(json, 'resourceMetrics', '', (item, path) => this.#resourceMetrics(item, path))
  }

  #resourceMetrics(item: Json, path: string): void {
    const resource = this.#resource(item['resource'], `${path}.resource`)
    if (!resource) return
    this.#each(item, 'scopeMetrics', `${path}.`, (scopeItem, scopePath) => {
      this.#parts.scope(resource, scopeName(scopeItem['scope']))
      this.#each(scopeItem, 'metrics', `${scopePath}.`, (metric, metricPath) =>
        this.#metric(metric, metricPath, resource),
      )
    })
  }

  #resource(resource: unknown, path: string): KnownResource | undefined {
    if (resource === undefined || resource === null) return this.#parts.memo.none
    if (!isJsonObject(resource)) return this.#wrong(path, 'an object', resource)
    const attributes = jsonAttributes(resource['attributes'])
    if (!attributes.isFine) return this.#refuse(`${path}.attributes`, attributes.what)
    const made = this.#parts.memo.resource(attributes.tags)
    if (!made.wrong) return made
    this.#parts.refusals.add('bad-text', made.wrong.field, made.wrong.what)
    return undefined
  }

  #metric(metric: Json, path: string, resource: KnownResource): void {
    const name = metric['name'] ?? ''
    const unit = metric['unit'] ?? ''
    if (typeof name !== 'string' || name === '') return void this.#wrong(`${path}.name`, 'text', name)
    if (typeof unit !== 'string') return void this.#wrong(`${path}.unit`, 'text', unit)
    for (const [field, kind] of dataFields) {
      const data = metric[field]
      if (data === undefined || data === null) continue
      if (!isJsonObject(data)) {
        this.#wrong(`${path}.${field}`, 'an object', data)
        continue
      }
      const series = this.#series({ name, unit, kind }, data, resource)
      this.#each(data, 'dataPoints', `${path}.${field}.`, (point, pointPath) =>
        this.#points.read(series, point, pointPath),
      )
    }
  }

  #series(
    { name, unit, kind }: { readonly name: string; readonly unit: string; readonly kind: MetricKind },
    data: Json,
    resource: KnownResource,
  ): MetricSeries {
    const isSum = kind === 'sum'
    const isDelta = deltas.has(data['aggregationTemporality']) && (isSum || kind === 'histogram')
    const isMonotonic = isSum && data['isMonotonic'] === true
    return resource.kind.metric({ name, unit, kind, isMonotonic, isDelta })
  }

  /** Calls `read` for each object of a list. */
  // eslint-disable-next-line max-params -- a field, its place and what to do
  #each(parent: Json, field: string, path: string, read: (item: Json, path: string) => void): void {
    const list = parent[field]
    if (list === undefined || list === null) return
    if (!Array.isArray(list)) return void this.#wrong(`${path}${field}`, 'an array', list)
    for (const [i, item] of (list as readonly unknown[]).entries()) {
      const itemPath = `${path}${field}[${i}]`
      if (isJsonObject(item)) read(item, itemPath)
      else this.#wrong(itemPath, 'an object', item)
    }
  }

  #wrong(path: string, expected: string, found: unknown): undefined {
    return this.#refuse(path, `expected ${expected}, got ${shownValue(found)}`)
  }

  #refuse(path: string, what: string): undefined {
    this.#parts.refusals.add('wrong-shape', path, what)
    return undefined
  }
}

function scopeName(scope: unknown): string {
  return isJsonObject(scope) && typeof scope['name'] === 'string' ? scope['name'] : ''
}
