import type { Transition } from '#shared/alert/transition.ts'
import { withoutTooOld } from '#shared/metric/too-old.ts'
import { sampleAt, type Layout, type NodeKey } from '#shared/metric/sample-columns.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { PositionMovedError } from '../../../src-kafka/client/kafka-failure.ts'
import { partitionKey } from '../../../src-kafka/stream.ts'
import { applyTransitions } from '../../alerts/service.ts'
import { onContent } from '../../db/content-error.ts'
import type { Db } from '../../db/db.ts'
import { holdSchema } from '../../db/schema-lock.ts'
import type { SampleRows } from './copy-samples.ts'
import type { DayPartitions } from './day-partitions.ts'
import { rowsOf } from './batch-rows.ts'
import { dueMinutes } from './due-minutes.ts'
import type { NodeCache } from '../nodes/node-cache.ts'
import type { LayoutOf } from './layouts.ts'
import { type NodeState, applySample } from '../nodes/node-state.ts'
import { type CountersToSave, saveCounters } from '../counters/counters-repo.ts'
import { lockNodes, saveNodes } from '../nodes-repo.ts'
import { insertGap, insertRejected, lockPositions, savePositions } from '../positions-repo.ts'
import { copySamples, insertRollupDue, upsertSamples } from '../samples-repo.ts'
import type { RuleIndexCache } from '../rule-index-cache.ts'
import { type HasOthers, withoutSpreadTotals } from './spread-nodes.ts'
import { withoutStored, firstOffset, storable, type IngestBatch } from './ingest-batch.ts'

export interface WriteContext {
  readonly rules: RuleIndexCache
  /** Has all layouts of the batches. */
  readonly layoutOf: LayoutOf
  readonly days: DayPartitions
  readonly nodeCache: NodeCache
  readonly expectDuplicates: boolean
  readonly hasOthers: HasOthers
}

/** Result of one batch. */
export interface BatchOutcome {
  readonly batch: IngestBatch
  /** The new records; `undefined` if another replica had stored all of them. */
  readonly stored: IngestBatch | undefined
  /** Position of the partition after the transaction. */
  readonly position: ReadPosition
  /** Set if nothing was stored. `PositionMovedError`: this replica must read the partition again. */
  readonly problem: unknown
}

/** Counters after a batch. */
export interface BatchCounters extends CountersToSave {
  readonly batch: IngestBatch
}

export interface WriteResult {
  readonly outcomes: readonly BatchOutcome[]
  readonly nodes: readonly NodeState[]
  /** The transaction that saved these nodes, valid once it is committed. */
  readonly savedBy: string | undefined
  readonly transitions: readonly Transition[]
  /** Counters after the batches, of those that have any. */
  readonly counters: readonly BatchCounters[]
  readonly duplicates: number
  /** Samples older than the retention, which are rejected, and samples too far ahead, which are not stored. */
  readonly outsideRetention: number
}

/**
 * Stores batches of different partitions in one transaction. Locks are always taken in this order: positions, nodes,
 * alerts. **Invariant**: rows, states, alerts and positions are committed together, and records before the locked
 * position are skipped. So a record counts once, no matter how often and by which replica it is read. The schema stays
 * locked.
 * @throws ContentError if a record or the state of its node cannot be evaluated
 * @throws DatabaseError 23505 if a sample exists and `expectDuplicates` is false
 * @throws SchemaTooNewError if a newer backend migrated the database and this version cannot work with it
 */
export async function writeBatches(
  db: Db,
  batches: readonly IngestBatch[],
  context: WriteContext,
): Promise<WriteResult> {
  await holdSchema(db)
  const { outcomes, tooOld } = withoutOldSamples(outcomesOf(batches, await lockPositions(db, batches)), context.days)
  const stored = outcomes.flatMap((outcome) => outcome.stored ?? [])
  if (stored.length === 0)
    return {
      outcomes,
      nodes: [],
      savedBy: undefined,
      transitions: [],
      counters: [],
      duplicates: 0,
      outsideRetention: 0,
    }
  const index = await context.rules.read(db)
  const nodes = await nodesOf(db, stored, context.nodeCache)
  const { layoutOf, days, hasOthers } = context
  const fresh = await withoutSpreadTotals(db, stored, { nodes, hasOthers })
  const columns = fresh.map((batch) => batch.columns)
  const made = rowsOf(columns, { nodes, layoutOf, isKept: days.retentionFilter() })
  const { rows } = made
  const mayExist = context.expectDuplicates || made.mayExist
  const copied = rows.every(({ count }) => count === 0) ? Promise.resolve(0) : store(db, rows, mayExist)
  // PostgreSQL stores the rows while they are evaluated. The catch prevents an unhandled rejection if the evaluation
  // throws.
  copied.catch(() => undefined)
  const transitions = onContent(() => fresh.flatMap((batch) => transitionsOf(batch, nodes, index)))
  const counters = onContent(() => countersOf(outcomes))
  const duplicates = await copied
  const savedBy = nodes.size === 0 ? undefined : await saveNodes(db, [...nodes.values()])
  if (counters.length > 0) await saveCounters(db, counters, (nodeId) => nodes.get(nodeId)?.id)
  await saveRest(db, fresh, rows)
  await applyTransitions(db, transitions)
  const outsideRetention = made.outsideRetention + tooOld
  return { outcomes, nodes: [...nodes.values()], savedBy, transitions, counters, duplicates, outsideRetention }
}

/**
 * Of all records of a batch, also those that another replica stored: what they were before is known only at the position
 * that the batch begins at.
 */
function countersOf(outcomes: readonly BatchOutcome[]): BatchCounters[] {
  return outcomes.flatMap(({ batch, stored }) => {
    const changes = stored ? (batch.counters?.changesOf(batch.columns) ?? []) : []
    return changes.length === 0 ? [] : [{ topic: batch.topic, partition: batch.partition, changes, batch }]
  })
}

function withoutOldSamples(
  outcomes: readonly BatchOutcome[],
  days: DayPartitions,
): { outcomes: BatchOutcome[]; tooOld: number } {
  let tooOld = 0
  const kept = outcomes.map((outcome) => {
    const { stored } = outcome
    if (!stored) return outcome
    const { columns, rejects, count } = withoutTooOld(stored, days.rawDays, days.now())
    if (count === 0) return outcome
    tooOld += count
    return { ...outcome, stored: { ...stored, columns, rejects: [...stored.rejects, ...rejects.map(storable)] } }
  })
  return { outcomes: kept, tooOld }
}

/**
 * In order. A partition that was read again has two batches here: the second one starts at the position after the
 * first.
 */
function outcomesOf(batches: readonly IngestBatch[], locked: readonly ReadPosition[]): BatchOutcome[] {
  const positions = new Map(locked.map((position) => [partitionKey(position), position]))
  return batches.map((batch) => {
    const outcome = outcomeOf(batch, positions.get(partitionKey(batch)) ?? startOf(batch))
    positions.set(partitionKey(batch), outcome.position)
    return outcome
  })
}

function outcomeOf(batch: IngestBatch, position: ReadPosition): BatchOutcome {
  const moved = movedFrom(batch, position)
  if (moved) return { batch, stored: undefined, position, problem: moved }
  const stored = batch.gap ? batch : withoutStored(batch, position.next)
  return { batch, stored, position: stored ? stored.next : position, problem: undefined }
}

/** A gap follows from the position of this replica, so the locked position must be exactly the same. */
function movedFrom(batch: IngestBatch, position: ReadPosition): PositionMovedError | undefined {
  const { topic, partition, gap } = batch
  const expected = batch.expected ?? startOf(batch)
  if (gap ? sameReadPosition(position, expected) : continuesAt(batch, position.next, expected.next)) return undefined
  return new PositionMovedError(`${topic}/${partition} continues at ${position.next}, not at ${expected.next}`)
}

/**
 * Whether a batch continues the partition. `next`: the locked position; `expected`: the position this replica read
 * from.
 *
 * | position                                          | meaning                                  | result         |
 * |---------------------------------------------------|------------------------------------------|----------------|
 * | `next` = `expected`                               | no other replica stored records          | store it       |
 * | `next` > `expected`, at or after its first offset | another replica stored a part of it      | store the rest |
 * | `next` > `expected`, before its first offset      | records in between were not read         | read again     |
 * | `next` < `expected`                               | the log was created again                | read again     |
 */
function continuesAt(batch: IngestBatch, next: number, expected: number): boolean {
  return next === expected || (next > expected && next >= firstOffset(batch))
}

function sameReadPosition(a: ReadPosition, b: ReadPosition): boolean {
  return (
    a.next === b.next &&
    a.last?.timestamp === b.last?.timestamp &&
    a.last?.hash === b.last?.hash &&
    a.last?.offset === b.last?.offset
  )
}

function startOf({ topic, partition }: IngestBatch): ReadPosition {
  return { topic, partition, next: 0, last: null }
}

async function nodesOf(db: Db, batches: readonly IngestBatch[], known: NodeCache): Promise<Map<string, NodeState>> {
  const wanted = new Map<string, { name: string; at: number }>()
  for (const { columns } of batches) {
    const seen = new Set<number>()
    columns.node.forEach((key, i) => {
      if (seen.has(key)) return
      seen.add(key)
      const { id, name } = columns.directory.nodes[key] as NodeKey
      if (!wanted.has(id)) wanted.set(id, { name, at: columns.at[i] as number })
    })
  }
  if (wanted.size === 0) return new Map()
  return new Map((await lockNodes(db, wanted, known)).map((node) => [node.nodeId, node]))
}

function transitionsOf(
  { topic, partition, columns }: IngestBatch,
  nodes: ReadonlyMap<string, NodeState>,
  index: RuleIndex,
): Transition[] {
  const transitions: Transition[] = []
  for (let i = 0; i < columns.count; i++) {
    const sample = sampleAt(columns, i)
    const position = { topic, partition, offset: columns.offset[i] as number }
    const recordedAt = columns.recordedAt[i] as number
    const { part } = columns.directory.layouts[columns.layout[i] as number] as Layout
    const node = nodes.get(sample.nodeId) as NodeState
    transitions.push(...applySample(node, sample, { position, recordedAt, index, part }))
  }
  return transitions
}

/** @returns how many existed */
async function store(db: Db, rows: readonly SampleRows[], mayExist: boolean): Promise<number> {
  if (mayExist) return upsertSamples(db, rows)
  await copySamples(db, rows)
  return 0
}

async function saveRest(db: Db, batches: readonly IngestBatch[], rows: readonly SampleRows[]): Promise<void> {
  const rejects = batches.flatMap((batch) => batch.rejects)
  if (rejects.length > 0) await insertRejected(db, rejects)
  for (const { gap } of batches) if (gap) await insertGap(db, gap)
  const due = dueMinutes(rows)
  if (due.length > 0) await insertRollupDue(db, due)
  await savePositions(db, [...new Map(batches.map(({ next }) => [partitionKey(next), next])).values()])
}
