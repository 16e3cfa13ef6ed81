import type { z } from 'zod'
import { AlertId } from '#shared/alert/alert.ts'
import { maxMessageBytes } from '#shared/metric/decode.ts'
import type { Reject, RejectCode } from '#shared/metric/sample.ts'
import type { RejectedRow, StoredPosition } from '#shared/metric/stored.ts'
import { AlertRecord, RuleRecord } from '#shared/sync/records.ts'
import { databaseHeader, type TeamTopicKind } from '#shared/sync/team-topics.ts'
import { fingerprintOf, headOf } from '../../src-kafka/read-batch.ts'
import type { RawBatch, RawRecord } from '../../src-kafka/stream.ts'

/** One thing that the backend says. */
export type SharedNews =
  | { readonly kind: 'rule'; readonly record: RuleRecord }
  | { readonly kind: 'alert'; readonly record: AlertRecord }
  | { readonly kind: 'forgotten'; readonly alertId: string }

export interface ReadShared {
  readonly news: readonly SharedNews[]
  readonly rejects: readonly RejectedRow[]
  readonly next: StoredPosition
}

/**
 * What is new in a batch of one of the backend's topics; `undefined` when nothing is. Never throws on what a record
 * holds: what is not understood is refused, as a metric would be.
 */
export function readShared(
  batch: RawBatch,
  about: TeamTopicKind,
  stored: StoredPosition | undefined,
): ReadShared | undefined {
  const { topic, partition } = batch
  const records = batch.records.filter(({ offset }) => offset >= (stored?.next ?? 0))
  const last = records.at(-1)
  if (last === undefined) return undefined
  const news: SharedNews[] = []
  const rejects: RejectedRow[] = []
  for (const record of records) {
    const said = about === 'rules' ? ruleOf(record) : alertOf(record)
    if ('kind' in said) news.push(said)
    else {
      const position = { topic, partition, offset: record.offset }
      rejects.push({ position, at: record.timestamp, reject: said, head: headOf(record.value) })
    }
  }
  return { news, rejects, next: { topic, partition, next: last.offset + 1, last: fingerprintOf(last) } }
}

/** Neighboring records that one database published. */
export interface DatabaseRun {
  /** Absent: ReMo 0.1.0 wrote no id. */
  readonly database?: string
  readonly records: readonly RawRecord[]
}

/** Cuts what is new in a batch wherever another database published. Records without an id belong to those before. */
export function databaseRuns({ records }: RawBatch, stored: StoredPosition | undefined): readonly DatabaseRun[] {
  const runs: Array<{ database?: string; records: RawRecord[] }> = []
  for (const record of records) {
    if (record.offset < (stored?.next ?? 0)) continue
    const database = databaseOf(record)
    const run = runs.at(-1)
    const isOther = database !== undefined && run?.database !== undefined && database !== run.database
    if (run === undefined || isOther) runs.push({ ...(database === undefined ? {} : { database }), records: [record] })
    else {
      run.records.push(record)
      if (database !== undefined) run.database = database
    }
  }
  return runs
}

/** A claim names its database as key, and says nothing of rules and alerts: whoever lost the topics wrote one, too. */
function databaseOf({ headers, key, value }: RawRecord): string | undefined {
  const header = headers?.[databaseHeader]
  if (!(header instanceof Uint8Array)) return undefined
  const database = Buffer.from(header).toString()
  return value === null && key && Buffer.from(key).toString() === database ? undefined : database
}

function ruleOf({ value }: RawRecord): SharedNews | Reject {
  if (value === null) return refuse('tombstone', 'value: expected a threshold, got none (a tombstone)')
  const parsed = parse(RuleRecord, value)
  if ('code' in parsed) return parsed
  const { rule, earlier } = parsed
  const stray = earlier.find(({ id, version }) => id !== rule.id || version >= rule.version)
  if (stray) return refuse('wrong-shape', `earlier: expected versions before ${rule.version} of the same threshold`)
  return { kind: 'rule', record: parsed }
}

function alertOf({ value, key }: RawRecord): SharedNews | Reject {
  if (value === null) {
    const alertId = AlertId.safeParse(key ? Buffer.from(key).toString() : undefined)
    if (alertId.success) return { kind: 'forgotten', alertId: alertId.data }
    return refuse('tombstone', 'key: expected the id of the alert that is forgotten')
  }
  const record = parse(AlertRecord, value)
  return 'code' in record ? record : { kind: 'alert', record }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parse<T extends object>(schema: z.ZodType<T>, bytes: Uint8Array): T | Reject {
  if (bytes.length === 0) return refuse('empty', 'value: expected JSON, got 0 bytes')
  if (bytes.length > maxMessageBytes) {
    return refuse('too-large', `value: expected at most ${maxMessageBytes} bytes, got ${bytes.length}`)
  }
  let content: unknown
  try {
    content = JSON.parse(utf8.decode(bytes))
  } catch (error) {
    const code = error instanceof SyntaxError ? 'not-json' : 'not-utf8'
    return refuse(code, `value: expected JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return refuse('wrong-shape', `${issue?.path.join('.') || 'value'}: ${issue?.message ?? 'not as expected'}`)
}

function refuse(code: RejectCode, reason: string): Reject {
  return { code, reason }
}
