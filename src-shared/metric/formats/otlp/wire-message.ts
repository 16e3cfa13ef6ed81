import type { Tag } from '../../metric-name.ts'
import type { BytesEntry } from './bytes-table.ts'
import type { KnownResource, MetricHeader, MetricSeries } from './otlp-memo.ts'
import type { OtlpParts } from './otlp-parts.ts'
import type { MetricKind } from './otlp-series.ts'
import { ScopeHoles } from './scope-holes.ts'
import { NotText, textField, wireAttribute, wireText } from './wire-attributes.ts'
import { dataKeys, WirePoints } from './wire-points.ts'
import type { WireReader } from './wire-reader.ts'

const delta = 1
const none = -1

const kinds: ReadonlyMap<number, MetricKind> = new Map([
  [dataKeys.gauge, 'gauge'],
  [dataKeys.sum, 'sum'],
  [dataKeys.histogram, 'histogram'],
  [dataKeys.exponential, 'histogram'],
  [dataKeys.summary, 'summary'],
])

/** Reads a message MetricsData, which is also ExportMetricsServiceRequest, from its bytes. */
export class WireMessage {
  readonly #reader: WireReader
  readonly #parts: OtlpParts
  readonly #points: WirePoints
  #resource: KnownResource
  #beforeResource: BytesEntry<KnownResource> | undefined
  #beforeHeader: BytesEntry<MetricHeader> | undefined

  constructor(reader: WireReader, parts: OtlpParts) {
    this.#reader = reader
    this.#parts = parts
    this.#resource = parts.memo.none
    this.#points = new WirePoints(reader, parts)
  }

  /**
   * Adds the values of the message that the reader has open to the parts.
   * @throws WireError if it is cut off or no protobuf
   */
  read(): void {
    const reader = this.#reader
    this.#points.begin()
    this.#beforeResource = undefined
    reader.field = 'message'
    reader.at = 0
    const end = reader.bytes.length
    while (reader.at < end) {
      const key = reader.key(end)
      reader.field = 'resource_metrics'
      if (key === 0x0a) this.#resourceMetrics(reader.endOfBytes(end))
      else reader.skip(key, end)
    }
  }

  #resourceMetrics(end: number): void {
    const reader = this.#reader
    const from = reader.at
    this.#resource = this.#parts.memo.none
    // The resource may be behind the scopes. It is read first.
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x0a) this.#readResource(reader.endOfBytes(end))
      else reader.skip(key, end)
    }
    const { wrong } = this.#resource
    if (wrong) this.#parts.refusals.add('bad-text', wrong.field, wrong.what)
    reader.at = wrong ? end : from
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x12) this.#scopeMetrics(reader.endOfBytes(end))
      else reader.skip(key, end)
    }
  }

  #readResource(end: number): void {
    const reader = this.#reader
    const { resources } = this.#parts.memo
    reader.from = reader.at
    reader.to = end
    let entry = resources.find(reader, this.#beforeResource)
    if (entry === undefined) {
      reader.field = 'resource_metrics.resource'
      const resource = this.#newResource(end)
      reader.field = 'resource_metrics'
      this.#parts.memo.count++
      entry = resources.add(reader, resource, this.#beforeResource)
    }
    reader.at = end
    this.#beforeResource = entry
    this.#resource = entry.value
  }

  #newResource(end: number): KnownResource {
    const reader = this.#reader
    const attributes: Tag[] = []
    try {
      while (reader.at < end) {
        const key = reader.key(end)
        if (key === 0x0a) attributes.push(wireAttribute(reader, reader.endOfBytes(end)))
        else reader.skip(key, end)
      }
    } catch (error) {
      if (!(error instanceof NotText)) throw error
      return { ...this.#parts.memo.none, wrong: { field: 'resource attributes', what: error.message } }
    }
    return this.#parts.memo.resource(attributes)
  }

  /** By the template of earlier messages like it, or else field by field. */
  #scopeMetrics(end: number): void {
    const reader = this.#reader
    const parts = this.#parts
    const { templates } = this.#resource.kind
    const template = templates.find(reader, end, this.#resource.templates)
    if (template) {
      parts.at = templates.at
      if (parts.whole(this.#resource, template, templates.valuesOf(template))) {
        reader.at = end
        return
      }
    }
    const start = reader.at
    const before = { refused: parts.refusedCount, parts: parts.partCount, values: parts.valueCount }
    const holes = templates.isLearning ? new ScopeHoles() : undefined
    this.#points.holes = holes
    this.#scope(end)
    const part = parts.lastPart
    if (!holes || !part || parts.partCount !== before.parts + 1 || parts.refusedCount !== before.refused) return
    if (parts.valueCount - before.values === part.values.length)
      templates.add(reader, start, { part, holes, known: this.#resource.templates })
  }

  #scope(end: number): void {
    const reader = this.#reader
    reader.field = 'resource_metrics.scope_metrics'
    const from = reader.at
    let name = ''
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x0a) name = this.#scopeName(reader.endOfBytes(end))
      else reader.skip(key, end)
    }
    this.#parts.scope(this.#resource, name)
    this.#beforeHeader = undefined
    reader.at = from
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x12) this.#metric(reader.endOfBytes(end))
      else reader.skip(key, end)
    }
    reader.field = 'resource_metrics'
  }

  #scopeName(end: number): string {
    const reader = this.#reader
    let name = ''
    while (reader.at < end) {
      const key = reader.key(end)
      if (key !== 0x0a) reader.skip(key, end)
      else name = this.#textOr(end)
    }
    return name
  }

  /** A field of text; '' if it is none. */
  #textOr(end: number): string {
    const reader = this.#reader
    const to = reader.endOfBytes(end)
    const from = reader.at
    reader.at = to
    try {
      return wireText(reader, from, to)
    } catch {
      return ''
    }
  }

  #metric(end: number): void {
    const reader = this.#reader
    reader.field = 'resource_metrics.scope_metrics.metrics'
    const from = reader.at
    let headTo = from
    let isScattered = false
    let dataKey = none
    let dataFrom = none
    let dataTo = none
    while (reader.at < end) {
      const keyAt = reader.at
      const key = reader.key(end)
      if (key === 0x0a || key === 0x12 || key === 0x1a) {
        if (headTo !== keyAt) isScattered = true
        headTo = reader.at = reader.endOfBytes(end)
      } else if (kinds.has(key)) {
        dataKey = key
        dataTo = reader.endOfBytes(end)
        dataFrom = reader.at
        reader.at = dataTo
      } else reader.skip(key, end)
    }
    if (dataKey !== none) {
      const header = this.#header(from, isScattered ? end : headTo)
      reader.at = dataFrom
      if (header.wrong === undefined) this.#data(dataKey, header, dataTo)
      else this.#parts.refusals.add(header.wrong.code, 'metrics.name', header.wrong.what)
    }
    reader.at = end
  }

  /** Name and unit, from the fields between two places: without others, what they mean is kept. */
  #header(from: number, to: number): MetricHeader {
    const reader = this.#reader
    const { headers } = this.#parts.memo
    reader.from = from
    reader.to = to
    let entry = headers.find(reader, this.#beforeHeader)
    if (entry === undefined) {
      this.#parts.memo.count++
      entry = headers.add(reader, this.#newHeader(from, to), this.#beforeHeader)
    }
    this.#beforeHeader = entry
    return entry.value
  }

  #newHeader(from: number, to: number): MetricHeader {
    const reader = this.#reader
    let name = ''
    let unit = ''
    let wrong: MetricHeader['wrong']
    reader.at = from
    try {
      while (reader.at < to) {
        const key = reader.key(to)
        if (key === 0x0a) name = textField(reader, to)
        else if (key === 0x1a) unit = textField(reader, to)
        else reader.skip(key, to)
      }
      if (name === '') wrong = { code: 'wrong-shape', what: 'expected text, got ""' }
    } catch (error) {
      if (!(error instanceof NotText)) throw error
      wrong = { code: 'bad-text', what: error.message }
    }
    return { name, unit, wrong, series: undefined, kind: undefined }
  }

  #data(dataKey: number, header: MetricHeader, end: number): void {
    const reader = this.#reader
    const from = reader.at
    let temporality = 0
    let isMonotonic = false
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x10) temporality = reader.varint(end)
      else if (key === 0x18) isMonotonic = reader.varint(end) !== 0
      else reader.skip(key, end)
    }
    reader.at = from
    const kind = kinds.get(dataKey) as MetricKind
    const isSum = kind === 'sum'
    const isDelta = temporality === delta && (isSum || kind === 'histogram')
    this.#points.read(dataKey, this.#seriesOf(header, { kind, isMonotonic: isSum && isMonotonic, isDelta }), end)
  }

  #seriesOf(
    header: MetricHeader,
    {
      kind,
      isMonotonic,
      isDelta,
    }: { readonly kind: MetricKind; readonly isMonotonic: boolean; readonly isDelta: boolean },
  ): MetricSeries {
    const { series, name, unit } = header
    const known = series?.metric
    const isSame =
      known !== undefined &&
      known.kind === kind &&
      known.isMonotonic === isMonotonic &&
      known.isDelta === isDelta &&
      header.kind === this.#resource.kind
    if (isSame && series) return series
    header.kind = this.#resource.kind
    return (header.series = header.kind.metric({ name, unit, kind, isMonotonic, isDelta }))
  }
}
