import { AlertId } from '#shared/alert/alert.ts'
import { type Decoded, parsedJson } from '#shared/codec/codec.ts'
import { forgottenNodeCodec, silenceCodec, topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import { decodeAlertRecord, decodeRuleRecord, versionIn } from '#shared/codec/record-codecs.ts'
import { maxMessageBytes } from '#shared/metric/decode.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingTopicIn } from '#shared/metric/mapping/mapping-key.ts'
import { isCleanText } from '#shared/metric/message.ts'
import type { RecordPosition, Rejection, RejectionCode } from '#shared/metric/sample.ts'
import type { RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import { type ForgottenNode, forgottenNodeIn, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { silenceIn } from '#shared/silence/silence-key.ts'
import type { AlertRecord, RuleRecord } from '#shared/team/team-records.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import { firstBytesOf, newRecordsOf } from '../../../src-kafka/records/decode-batch.ts'
import { databaseHeader, type TeamTopicKind } from '#shared/team/team-topics.ts'
import type { RawBatch, RawRecord, TopicPartition } from '../../../src-kafka/stream.ts'

/** One record of the backend. */
export type TeamChange =
  | { readonly kind: 'rule'; readonly record: RuleRecord }
  | { readonly kind: 'alert'; readonly record: AlertRecord }
  | { readonly kind: 'deleted'; readonly alertId: string }
  | { readonly kind: 'forgotten'; readonly node: ForgottenNode }
  | { readonly kind: 'silence'; readonly silence: Silence }
  | { readonly kind: 'silence-deleted'; readonly silenceId: string }
  | { readonly kind: 'mapping'; readonly mapping: TopicMapping }
  | { readonly kind: 'mapping-deleted'; readonly topic: string }
  /** Needs a newer version: kept, and applied after the upgrade. */
  | { readonly kind: 'deferred'; readonly record: DeferredRecord }

export interface TeamChanges {
  readonly changes: readonly TeamChange[]
  readonly rejects: readonly RejectedRecord[]
}

/** The kind of records, and the highest level that this version understands. */
export interface TeamReader {
  readonly about: TeamTopicKind
  readonly level: number
}

/** Parses records that an older version deferred. Leaves out the ones that need a still newer version. */
export function readDeferred(deferred: readonly DeferredRecord[], level: number): TeamChanges {
  const changes: TeamChange[] = []
  const rejects: RejectedRecord[] = []
  for (const { about, topic, partition, offset, key, at, content } of deferred) {
    const record = { offset, timestamp: at, key: Buffer.from(key), value: content }
    const read = readRecords({ topic, partition, records: [record] }, { about, level })
    changes.push(...read.changes.filter(({ kind }) => kind !== 'deferred'))
    rejects.push(...read.rejects)
  }
  return { changes, rejects }
}

/**
 * Parses records of a backend topic. Never throws on the content of a record: an invalid record is rejected, as a
 * metric message is. A record that needs a newer version is deferred.
 */
export function readRecords(
  { topic, partition, records }: TopicPartition & { readonly records: readonly RawRecord[] },
  { about, level }: TeamReader,
): TeamChanges {
  const changes: TeamChange[] = []
  const rejects: RejectedRecord[] = []
  for (const record of records) {
    const position = { topic, partition, offset: record.offset }
    const parsed =
      about === 'rules' ? parseRuleRecord(record, position, level) : parseAlertRecord(record, position, level)
    if (parsed === undefined) continue
    if ('kind' in parsed) changes.push(parsed)
    else rejects.push({ position, at: record.timestamp, reject: parsed, head: firstBytesOf(record.value) })
  }
  return { changes, rejects }
}

/** Neighboring records that one database published. There may be none: then only the position moves. */
export interface TeamRun {
  readonly records: readonly RawRecord[]
  /** Offset to continue from. */
  readonly next: number
}

export interface DatabaseRun extends TeamRun {
  /** Absent: ReMo 0.1.0 wrote no id. */
  readonly database?: string
}

/** Splits the new records of a batch by database. Records without an id belong to the run before them. */
export function databaseRuns(batch: RawBatch, stored: ReadPosition | undefined): readonly DatabaseRun[] {
  const runs: Array<{ database?: string; records: RawRecord[]; next: number }> = []
  for (const record of newRecordsOf(batch, stored)) {
    const database = databaseOf(record)
    const run = runs.at(-1)
    const isOther = database !== undefined && run?.database !== undefined && database !== run.database
    if (run === undefined || isOther) {
      if (run) run.next = record.offset
      runs.push({ ...(database === undefined ? {} : { database }), records: [record], next: batch.next })
    } else {
      run.records.push(record)
      if (database !== undefined) run.database = database
    }
  }
  return runs.length > 0 ? runs : [{ records: [], next: batch.next }]
}

/** A claim has its database as key and no value. It does not count: the losing backend may have written one, too. */
function databaseOf({ headers, key, value }: RawRecord): string | undefined {
  const header = headers?.[databaseHeader]
  if (!(header instanceof Uint8Array)) return undefined
  const database = Buffer.from(header).toString()
  return value === null && key && Buffer.from(key).toString() === database ? undefined : database
}

function parseRuleRecord(record: RawRecord, position: RecordPosition, level: number): TeamChange | Rejection {
  const { value } = record
  if (value === null) return refuse('tombstone', 'value: expected a threshold, got none (a tombstone)')
  const content = contentOf(value)
  if (!content.ok) return content.reject
  const read = decodeRuleRecord(content.value, level)
  if (!read.ok) return notApplied(read, { record, position, about: 'rules', content: content.value })
  const { rule, earlier } = read.value
  const stray = earlier.find(({ id, version }) => id !== rule.id || version >= rule.version)
  if (stray) return refuse('wrong-shape', `earlier: expected versions before ${rule.version} of the same threshold`)
  return { kind: 'rule', record: read.value }
}

function parseAlertRecord(
  record: RawRecord,
  position: RecordPosition,
  level: number,
): TeamChange | Rejection | undefined {
  const { value } = record
  if (forgottenNodeIn(keyOf(record)) !== undefined) return parseForgottenNode(record, position, level)
  const silenceId = silenceIn(keyOf(record))
  if (silenceId !== undefined) return parseSilence(record, { position, level, silenceId })
  const topic = mappingTopicIn(keyOf(record))
  if (topic !== undefined) return parseMapping(record, { position, level, mappedTopic: topic })
  if (value === null) {
    const alertId = AlertId.safeParse(keyOf(record))
    if (alertId.success) return { kind: 'deleted', alertId: alertId.data }
    return refuse('tombstone', 'key: expected the id of the deleted alert')
  }
  const content = contentOf(value)
  if (!content.ok) return content.reject
  const read = decodeAlertRecord(content.value, level)
  if (!read.ok) return notApplied(read, { record, position, about: 'alerts', content: content.value })
  return { kind: 'alert', record: read.value }
}

/** @returns `undefined` for a tombstone: the backend no longer keeps the record, and the cache has its own retention */
function parseForgottenNode(
  record: RawRecord,
  position: RecordPosition,
  level: number,
): TeamChange | Rejection | undefined {
  if (record.value === null) return undefined
  const content = contentOf(record.value)
  if (!content.ok) return content.reject
  const read = forgottenNodeCodec.decode(content.value, level)
  if (!read.ok) return notApplied(read, { record, position, about: 'alerts', content: content.value })
  if (forgottenNodeKey(read.value.nodeId) === keyOf(record)) return { kind: 'forgotten', node: read.value }
  return refuse('wrong-shape', 'nodeId: expected the node of the key')
}

interface SilenceContext {
  readonly position: RecordPosition
  readonly level: number
  /** Of the key. */
  readonly silenceId: string
}

function parseSilence(record: RawRecord, { position, level, silenceId }: SilenceContext): TeamChange | Rejection {
  if (record.value === null) return { kind: 'silence-deleted', silenceId }
  const content = contentOf(record.value)
  if (!content.ok) return content.reject
  const read = silenceCodec.decode(content.value, level)
  if (!read.ok) return notApplied(read, { record, position, about: 'alerts', content: content.value })
  if (read.value.id === silenceId) return { kind: 'silence', silence: read.value }
  return refuse('wrong-shape', 'id: expected the silence of the key')
}

interface MappingContext {
  readonly position: RecordPosition
  readonly level: number
  /** Of the key. */
  readonly mappedTopic: string
}

function parseMapping(record: RawRecord, { position, level, mappedTopic }: MappingContext): TeamChange | Rejection {
  if (record.value === null) return { kind: 'mapping-deleted', topic: mappedTopic }
  const content = contentOf(record.value)
  if (!content.ok) return content.reject
  const read = topicMappingCodec.decode(content.value, level)
  if (!read.ok) return notApplied(read, { record, position, about: 'alerts', content: content.value })
  if (read.value.topic === mappedTopic) return { kind: 'mapping', mapping: read.value }
  return refuse('wrong-shape', 'topic: expected the topic of the key')
}

interface Unapplied {
  readonly record: RawRecord
  readonly position: RecordPosition
  readonly about: 'rules' | 'alerts'
  readonly content: unknown
}

function notApplied(
  { unread }: Extract<Decoded<unknown>, { ok: false }>,
  { record, position, about, content }: Unapplied,
): TeamChange | Rejection {
  if (unread.kind === 'unreadable') return refuse(unread.code, unread.reason)
  const key = keyOf(record)
  if (key === undefined) return refuse('wrong-shape', `key: expected the id of what needs a newer ReMo`)
  const { level, version = null } = unread.needs
  const deferred: DeferredRecord = {
    about,
    ...position,
    key,
    version: versionIn(content, about) ?? null,
    needs: level,
    needsVersion: version,
    at: record.timestamp,
    content: Buffer.from(record.value ?? []),
  }
  return { kind: 'deferred', record: deferred }
}

function keyOf({ key }: RawRecord): string | undefined {
  return key ? Buffer.from(key).toString() : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Content = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reject: Rejection }

function contentOf(bytes: Uint8Array): Content {
  const no = (code: RejectionCode, reason: string): Content => ({ ok: false, reject: refuse(code, reason) })
  if (bytes.length === 0) return no('empty', 'value: expected JSON, got 0 bytes')
  if (bytes.length > maxMessageBytes) {
    return no('too-large', `value: expected at most ${maxMessageBytes} bytes, got ${bytes.length}`)
  }
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (error) {
    return no('not-utf8', `value: expected JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const content = parsedJson(text)
  if (content.ok) {
    const broken = brokenTextIn(content.value)
    if (broken === undefined) return content
    return no('bad-text', `value: expected well-formed Unicode without NUL, got ${JSON.stringify(broken.slice(0, 40))}`)
  }
  return no('not-json', content.unread.kind === 'unreadable' ? content.unread.reason : 'value: expected JSON')
}

/** A text or a key that no store could keep: several such texts become one there. Not recursive: JSON may be deep. */
function brokenTextIn(content: unknown): string | undefined {
  const left: unknown[] = [content]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' && !isCleanText(value)) return value
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) for (const item of value) left.push(item)
    else for (const [key, item] of Object.entries(value)) left.push(key, item)
  }
  return undefined
}

function refuse(code: RejectionCode, reason: string): Rejection {
  return { code, reason }
}
