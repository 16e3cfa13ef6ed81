import type { Rejection } from '../sample.ts'
import type { FormatName } from './format-name.ts'

/** How a metric of the house follows from values: the formulas are those of the programs' documentation. */
export type HouseMetric = 'cpu_usage' | 'memory_usage' | 'disk_io' | 'network_traffic'

/**
 * - `sum`: Σ numerator
 * - `share`: 100 × Σ numerator / Σ denominator, a percentage
 * - `complement`: 100 − share
 *
 * With all denominators 0, Σ numerator is the percentage itself: `complement` of `usage_idle` has the one term
 * `{ numerator: 1, denominator: 0 }`.
 */
export type Combination = 'sum' | 'share' | 'complement'

/** What value `index` of a part adds to a metric of the house: `numerator` × value, and `denominator` × value. */
export interface Term {
  readonly index: number
  readonly numerator: number
  readonly denominator: number
}

/** A metric of the house that follows from values of a part. A term of a counter takes its rate. */
export interface HouseFormula {
  readonly metric: HouseMetric
  readonly combine: Combination
  readonly terms: readonly Term[]
  /**
   * `record`: this part alone gives the metric. `records`: parts of several records with one time add up, such as one
   * record for each network interface; only while all records of the node come from one partition.
   */
  readonly over: 'record' | 'records'
}

/**
 * A mean in each interval: the increase of `sum` divided by the increase of `count`, both counters of the part. The rate
 * of `sum` says nothing to people and is not stored.
 */
export interface MeanFormula {
  readonly name: string
  readonly sum: number
  readonly count: number
}

/**
 * What all records with the same measurement, tags and fields have in common. Readers make it once (`ShapeCache`) and
 * give the same object for each record like it.
 */
export interface PartShape {
  readonly format: FormatName
  /** Groups values that travel together: measurement and identity tags, `disk{path=/}`. '' in ReMo's own format. */
  readonly part: string
  /** Full names of the series, in the order of the values: `disk.used_percent{path=/}`. */
  readonly names: readonly string[]
  /** Unit by name, as it is stored: of a counter, that of its rate (`B/s`). */
  readonly units: Readonly<Record<string, string>>
  /** Indices of values that only grow. Their rate a second is stored, never the value. */
  readonly counters: readonly number[]
  readonly house: readonly HouseFormula[]
  readonly means: readonly MeanFormula[]
  /** Tags that do not name the series; shown beside it. */
  readonly attributes: Readonly<Record<string, string>>
}

/** What a record says about one node at one time. */
export interface RecordPart {
  readonly nodeId: string
  readonly nodeName: string
  /** Event time, epoch ms; finer fractions are cut. */
  readonly at: number
  readonly shape: PartShape
  /** One for each name of the shape, finite. */
  readonly values: readonly number[]
}

/** Why a record of a known format has no values. Counted for its topic; no rejected record is stored. */
export type PassedOver =
  | 'no-numbers'
  | 'not-a-number'
  | 'histogram-bucket'
  | 'otlp-traces'
  | 'otlp-logs'
  | 'not-metrics'
  | 'needs-schema-registry'
  /** Empty, or a tombstone, outside ReMo's own topics. */
  | 'empty'

/** Series of a record that are left out because of a limit. Counted for the topic. */
export interface LeftOut {
  readonly bound: 'metrics-of-record' | 'tag-length' | 'name-length'
  /** How many series are left out. */
  readonly left: number
  readonly nodeId: string
  /** The tag that is too long. */
  readonly tag?: string
}

/** A record as a reader needs it. */
export interface FormatRecord {
  readonly value: Uint8Array
  readonly key: Uint8Array | null
  readonly topic: string
  /** Timestamp in Kafka, epoch ms; -1 without one. */
  readonly timestamp: number
}

/**
 * What a reader made of a record.
 * - `refused` beside parts: a damaged line, metric or tag among good ones; the good ones count.
 * - `leftOut` beside parts: series beyond a limit. There may be no parts at all.
 * - `passed`: also a record of which only some parts have no numbers has `parts`.
 */
export type RecordReading =
  | {
      readonly kind: 'parts'
      readonly parts: readonly RecordPart[]
      readonly refused?: Rejection
      readonly leftOut?: readonly LeftOut[]
    }
  /** `detail`: a few words for the operator, such as the first fields, or `Avro, schema 1042`. */
  | { readonly kind: 'passed'; readonly why: PassedOver; readonly detail?: string }
  | { readonly kind: 'rejected'; readonly reject: Rejection }

/** A format of messages on Kafka. Pure: the same record always gives the same reading. Never throws. */
export interface FormatReader {
  readonly name: FormatName
  /** Whether the record has this format. Cheap. At most one reader accepts a record. */
  detect(value: DetectedValue): boolean
  read(record: FormatRecord, value: DetectedValue): RecordReading
}

/**
 * A value as far as all readers share the work. The first byte decides the family: `{` and `[` are JSON, parsed once;
 * bytes of UTF-8 text are lines; others are binary.
 */
export type DetectedValue =
  | { readonly family: 'json'; readonly json: unknown }
  /** Begins like JSON and is none. Whose it seems to be follows from its first bytes. */
  | { readonly family: 'broken-json'; readonly text: string }
  | { readonly family: 'text'; readonly text: string }
  | { readonly family: 'binary'; readonly bytes: Uint8Array }
