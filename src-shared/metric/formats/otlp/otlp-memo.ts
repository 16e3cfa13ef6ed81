import { metricName, type Tag } from '../../metric-name.ts'
import type { LeftOut } from '../record-part.ts'
import type { RejectionCode } from '../../sample.ts'
import { BytesTable } from './bytes-table.ts'
import { otlpResource, type OtlpResource } from './otlp-resource.ts'
import { PointSeries, tooLongOf, type OtlpMetric } from './otlp-series.ts'
import { PartStep, type Counted, type PartRoot } from './part-step.ts'
import { ScopeTemplates, type ScopeTemplate } from './scope-template.ts'

/** Above this, the memo forgets everything before the next record. */
const entriesAtMost = 100_000
/** A kind of resource has tables of its own. */
const entriesOfKind = 8

type TooLong = Omit<LeftOut, 'nodeId' | 'left'>
/** The series of a data point, or the limit that they are beyond. */
export type PointOrLimit = PointSeries | TooLong

/** The metric of one kind of resource, with the series of its data points. */
export class MetricSeries {
  readonly metric: OtlpMetric
  /** Series by the bytes of the attributes, for messages in protobuf. */
  readonly byBytes = new BytesTable<PointOrLimit>()
  readonly #resourceTags: readonly Tag[]
  readonly #memo: Counted
  readonly #points = new Map<string, PointSeries>()

  constructor(memo: Counted, metric: OtlpMetric, resourceTags: readonly Tag[]) {
    this.metric = metric
    this.#memo = memo
    // What the host does is the same, whichever program reports it.
    this.#resourceTags = metric.name.startsWith('system.') ? [] : resourceTags
  }

  /** @param tags attributes of a data point; of two with one key, the last counts */
  point(tags: readonly Tag[]): PointOrLimit {
    const tooLong = tooLongOf(tags)
    if (tooLong) return tooLong
    const own = [...new Map(tags)].filter(([key, value]) => key !== '' && value !== '')
    const all = [...new Map([...this.#resourceTags, ...own])]
    const name = metricName('', all)
    let series = this.#points.get(name)
    if (!series) {
      this.#points.set(name, (series = new PointSeries(this.metric, all)))
      this.#memo.count++
    }
    return series
  }
}

/** Name and unit of a metric. The series last found for it are tried first. */
export interface MetricHeader {
  readonly name: string
  readonly unit: string
  /** Why the metric cannot be read. */
  readonly wrong: { readonly code: RejectionCode; readonly what: string } | undefined
  series: MetricSeries | undefined
  /** Of which kind of resource `series` is. */
  kind: ResourceKind | undefined
}

/** Resources whose series have the same names and are shown alike: all hosts of a fleet. */
export class ResourceKind {
  /** Scopes whose messages differ in times and values only, for messages in protobuf. */
  readonly templates: ScopeTemplates
  readonly #resource: OtlpResource
  readonly #counted: Counted
  readonly #metrics = new Map<string, MetricSeries>()
  readonly #roots = new Map<string, PartRoot>()

  constructor(counted: Counted, resource: OtlpResource) {
    this.#counted = counted
    this.#resource = resource
    this.templates = new ScopeTemplates(counted)
  }

  metric(metric: OtlpMetric): MetricSeries {
    const { name, unit, kind, isMonotonic, isDelta } = metric
    const key = `${kind} ${isMonotonic} ${isDelta}\n${unit}\n${name}`
    let series = this.#metrics.get(key)
    if (!series) {
      this.#metrics.set(key, (series = new MetricSeries(this.#counted, metric, this.#resource.tags)))
      this.#counted.count++
    }
    return series
  }

  root(group: string): PartRoot {
    let root = this.#roots.get(group)
    if (!root) {
      const { tags, attributes } = this.#resource
      root = { group, tags, attributes, first: new PartStep(this.#counted), open: [], byNodeAndTime: undefined }
      this.#roots.set(group, root)
      this.#counted.count++
    }
    return root
  }
}

/** A resource with what is known of its kind. */
export interface KnownResource extends OtlpResource {
  readonly kind: ResourceKind
  /** The template that matched last by the length of a scope, for messages in protobuf. */
  readonly templates: Map<number, ScopeTemplate>
}

/** What records of OTLP have in common. It changes how fast a record is read, never the result. */
export class OtlpMemo implements Counted {
  /** Entries, whatever they are. */
  count = 0
  /** Resources by their bytes, for messages in protobuf. */
  resources = new BytesTable<KnownResource>()
  /** Names and units of metrics by their bytes, for messages in protobuf. */
  headers = new BytesTable<MetricHeader>()
  #kinds = new Map<string, ResourceKind>()
  #none: KnownResource | undefined

  /** Forgets everything if it is much. Between records only. */
  trim(): void {
    if (this.count < entriesAtMost) return
    this.count = 0
    this.resources = new BytesTable()
    this.headers = new BytesTable()
    this.#kinds = new Map()
    this.#none = undefined
  }

  /** A resource without attributes. */
  get none(): KnownResource {
    return (this.#none ??= this.resource([]))
  }

  /** @param attributes with a value each; of two with one key, the last counts */
  resource(attributes: readonly Tag[]): KnownResource {
    const resource = otlpResource(attributes)
    const key = JSON.stringify([resource.tags, resource.attributes])
    let kind = this.#kinds.get(key)
    if (!kind) {
      this.#kinds.set(key, (kind = new ResourceKind(this, resource)))
      this.count += entriesOfKind
    }
    return { ...resource, kind, templates: new Map() }
  }
}
