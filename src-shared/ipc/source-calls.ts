import { z } from 'zod'
import { formatNames } from '../metric/formats/format-name.ts'
import { nothing } from './fields.ts'

/** A topic's name. Kafka allows 249 characters. */
const topicName = z.string().min(1).max(249)
/** Regular expression for topic names, as a connection has it. */
const topicPattern = z.string().min(1).max(4096)

const FormatOfRecords = z.enum(formatNames)

/** Why records have no values, as `PassedOver`. */
export const PassedReason = z.enum([
  'no-numbers',
  'not-a-number',
  'histogram-bucket',
  'otlp-traces',
  'otlp-logs',
  'not-metrics',
  'needs-schema-registry',
  'empty',
])

/**
 * What the records of a source are.
 * - `reading`: all that have values have one format
 * - `several`: they have several formats, and all are read
 * - `limited`: read, but not all series are stored, because there are too many
 * - `not-metrics`, `needs-schema-registry`: no record has values
 * - `undecided`: no record came since this run began, or only empty ones
 */
export const SourceState = z.enum([
  'reading',
  'several',
  'limited',
  'not-metrics',
  'needs-schema-registry',
  'undecided',
])
export type SourceState = z.infer<typeof SourceState>

/** The newest limit that was reached. `left`: series that are not stored, of the newest batch that said so. */
export const SourceBound = z.strictObject({
  bound: z.enum(['series-of-node', 'series-of-topic', 'metrics-of-record', 'tag-length', 'name-length']),
  left: z.number(),
  nodeId: z.string(),
  tag: z.string().optional(),
})

/**
 * One row of Sources: a topic, or all topics that one prefix of the pattern matches and whose records are of one kind.
 * Counts begin with this run. A rate is over the last 10 s.
 */
export const SourceView = z.strictObject({
  /** The topic, or the prefix with `.*`. */
  name: z.string(),
  /** All topics of the row, sorted; of more than 1,000, the first ones. */
  topics: z.array(z.string()),
  topicCount: z.number(),
  partitions: z.number(),
  state: SourceState,
  /** Formats of records with values, most records first. `share`: 0..1 of all records with values. */
  formats: z.array(z.strictObject({ name: FormatOfRecords, share: z.number() })),
  /** Records without values that are no errors, most first. */
  passed: z.array(z.strictObject({ why: PassedReason, records: z.number() })),
  /** A few words about the newest record that was passed over: `order_id, customer, total`. */
  detail: z.string().optional(),
  hosts: z.number(),
  /** Different metrics. A host has some or all of them. */
  metrics: z.number(),
  /** Metrics of all hosts together. */
  series: z.number(),
  seriesAtMost: z.number(),
  /** Metrics that are rates of counters. */
  rates: z.number(),
  recordsPerSecond: z.number(),
  rejected: z.number(),
  records: z.number(),
  /** When the first record of this run came, epoch ms; `null` before. */
  since: z.number().nullable(),
  /** Hosts without totals, because their records come from several partitions. */
  spread: z.number(),
  bound: SourceBound.optional(),
})
export type SourceView = z.infer<typeof SourceView>

/** A value of the example, as it was read. `isCounter`: its rate is stored, never the value. */
const ExampleValue = z.strictObject({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  isCounter: z.boolean(),
})

/** What one record says about one node at one time. */
export const ExamplePart = z.strictObject({
  nodeId: z.string(),
  nodeName: z.string(),
  /** Epoch ms. */
  at: z.number(),
  values: z.array(ExampleValue),
  /** Metrics of the house that follow: `CPU usage = 100 − usage_idle`. `value`: absent if it needs other records. */
  house: z.array(
    z.strictObject({ text: z.string(), value: z.number().optional(), unit: z.string(), note: z.string().optional() }),
  ),
  /** Tags that do not name the series. */
  attributes: z.record(z.string(), z.string()),
})

/** How a record is read. `reason`: a part of the record that was refused beside good ones. */
export const ExampleReading = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('parts'),
    format: FormatOfRecords,
    parts: z.array(ExamplePart),
    /** There are more parts than are listed. */
    partCount: z.number(),
    reason: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('passed'), why: PassedReason, detail: z.string().optional() }),
  z.strictObject({ kind: z.literal('rejected'), reason: z.string() }),
  /** It is longer than what is kept of it, so that it cannot be read again. */
  z.strictObject({ kind: z.literal('too-long') }),
])
export type ExampleReading = z.infer<typeof ExampleReading>

/** A record and how it is read. */
export const SourceExample = z.strictObject({
  topic: z.string(),
  partition: z.number(),
  offset: z.number(),
  /** Timestamp in Kafka, epoch ms; -1 without one. */
  at: z.number(),
  /** The first 4 KB, as base64. */
  head: z.string(),
  isText: z.boolean(),
  reading: ExampleReading,
})
export type SourceExample = z.infer<typeof SourceExample>

/** The topics that are read. `fixedBy`: the variable that sets the pattern, or why else it cannot be changed here. */
export const SourcesView = z.strictObject({
  pattern: topicPattern,
  fixedBy: z.string().optional(),
  sources: z.array(SourceView),
})
export type SourcesView = z.infer<typeof SourcesView>

/** One partition that is read. Counts begin with this run; rates are over the last 10 s. */
export const PartitionView = z.strictObject({
  topic: z.string(),
  partition: z.number(),
  /** Offset of the next record to read; `null` before the first one. */
  position: z.number().nullable(),
  /** Offset of the next record to be written; `null` while it is unknown. */
  end: z.number().nullable(),
  lagMessages: z.number(),
  /** Age of the newest record read, seconds; 0 when all is read, `null` when unknown. */
  lagSeconds: z.number().nullable(),
  recordsPerSecond: z.number(),
  /** Records a second of up to 24 intervals of 5 s, oldest first. */
  trend: z.array(z.number()),
  rejected: z.number(),
  /** Timestamp of the newest record read, epoch ms. */
  lastAt: z.number().nullable(),
  /** A topic of the backend. */
  isTeam: z.boolean(),
})
export type PartitionView = z.infer<typeof PartitionView>

/** A topic that was looked at, by the last records in it. */
export const FoundTopic = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('metrics'),
    topic: z.string(),
    /** Most records first. */
    formats: z.array(FormatOfRecords),
    hosts: z.number(),
    metrics: z.number(),
    /** Measurements or metrics, a few. */
    names: z.array(z.string()),
  }),
  /** JSON of its own shape. `numbers`: of one record. */
  z.strictObject({
    kind: z.literal('may-be'),
    topic: z.string(),
    numbers: z.number(),
    /** A field is named like a host. */
    hasHost: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('not'),
    topic: z.string(),
    why: z.union([PassedReason, z.enum(['not-authorized', 'not-answered', 'rejected'])]),
    /** A few words: `order_id, customer, total`, `text lines of a log`, `Avro, schema 1042`. */
    detail: z.string().optional(),
  }),
])
export type FoundTopic = z.infer<typeof FoundTopic>

/** What the search found. `isDone` false: the time was up. */
export const FindResult = z.strictObject({
  /** Those that were looked at: with metrics, that may hold some, that do not. Each group is sorted by topic. */
  topics: z.array(FoundTopic),
  ms: z.number(),
  /** Topics that were not looked at, because there are too many or the time was up. */
  left: z.number(),
  /** Topics that are read already, which are left out. */
  read: z.number(),
  isDone: z.boolean(),
})
export type FindResult = z.infer<typeof FindResult>

/** Topics looked at, of all that will be. */
export const FindProgress = z.strictObject({ looked: z.number(), of: z.number() })
export type FindProgress = z.infer<typeof FindProgress>

/** A record of a topic, as it is in Kafka. */
export const TopicRecord = z.strictObject({
  partition: z.number(),
  offset: z.number(),
  /** Epoch ms; -1 without one. */
  at: z.number(),
  /** Base64; `null` without a key. */
  key: z.string().nullable(),
  /** At most 64 KiB, as base64. */
  value: z.string(),
  /** The value is longer. */
  isCut: z.boolean(),
})
export type TopicRecord = z.infer<typeof TopicRecord>

const saved = z.union([
  z.strictObject({ saved: z.literal(true), path: z.string(), rows: z.number() }),
  z.strictObject({ saved: z.literal(false) }),
])

/** Calls about what is in Kafka: sources, partitions, and the search for metrics. */
export const sourceCalls = {
  /** Every topic that the pattern matches, those with most records first. */
  'sources.list': { request: nothing, reply: SourcesView },
  /** The newest record of the topic, or of its records of one format; absent before the first one. */
  'sources.example': {
    request: z.strictObject({ topics: z.array(topicName).min(1).max(1000) }),
    reply: z.strictObject({ example: SourceExample.optional() }),
  },
  'partitions.list': { request: nothing, reply: z.array(PartitionView) },
  /**
   * Looks at the last records of every topic, and replies when that has ended. It belongs to no consumer group and
   * changes nothing in Kafka. One at a time: a new one ends the one before. Progress is pushed.
   */
  'sources.find': { request: nothing, reply: FindResult },
  'sources.stopFind': { request: nothing, reply: nothing },
  /** The last records of one topic, newest first. */
  'sources.records': {
    request: z.strictObject({ topic: topicName, limit: z.int().min(1).max(20) }),
    reply: z.strictObject({ records: z.array(TopicRecord) }),
  },
  /** The connection in use reads these topics from now on. `conflict` if a variable fixes the pattern. */
  'sources.setPattern': { request: z.strictObject({ pattern: topicPattern }), reply: nothing },
  /** Opens the native save dialog. The end of the file's name decides: `.json`, else CSV. */
  'rejectedRecords.export': { request: nothing, reply: saved },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
