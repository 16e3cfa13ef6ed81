import type { Transition } from '#shared/alert/transition.ts'
import type { RecordPosition, Sample } from '#shared/metric/sample.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { PositionMovedError } from '../../../src-kafka/client/kafka-failure.ts'
import { partitionKey } from '../../../src-kafka/stream.ts'
import { applyTransitions } from '../../alerts/service.ts'
import type { Db } from '../../db/db.ts'
import { holdSchema } from '../../db/schema-lock.ts'
import type { SampleRow } from './copy-samples.ts'
import type { DayPartitions } from './day-partitions.ts'
import { dueMinutes } from './due-minutes.ts'
import type { NodeCache } from '../nodes/node-cache.ts'
import type { LayoutOf } from './layouts.ts'
import { type NodeState, applySample } from '../nodes/node-state.ts'
import { lockNodes, saveNodes } from '../nodes-repo.ts'
import { insertGap, insertRejected, lockPositions, savePositions } from '../positions-repo.ts'
import { copySamples, insertRollupDue, upsertSamples } from '../samples-repo.ts'
import type { RuleIndexCache } from '../rule-index-cache.ts'
import { withoutStored, firstOffset, type IngestBatch } from './ingest-batch.ts'

export interface WriteContext {
  readonly rules: RuleIndexCache
  /** Knows all layouts of the runs. */
  readonly layoutOf: LayoutOf
  readonly days: DayPartitions
  readonly nodeCache: NodeCache
  readonly expectDuplicates: boolean
}

/** What became of one run. */
export interface BatchOutcome {
  readonly run: IngestBatch
  /** What was new of it; undefined where another replica had stored all of it. */
  readonly stored: IngestBatch | undefined
  /** Where the partition stands now. */
  readonly position: ReadPosition
  /** Set instead of storing: this replica has to look at the partition afresh. */
  readonly moved: PositionMovedError | undefined
}

export interface WriteResult {
  readonly outcomes: readonly BatchOutcome[]
  readonly nodes: readonly NodeState[]
  /** The transaction that these nodes are of, once it is committed. */
  readonly savedBy: string | undefined
  readonly transitions: readonly Transition[]
  readonly duplicates: number
  /** Samples that are outside of what is kept. */
  readonly outsideRetention: number
}

/**
 * One transaction for runs of different partitions. Order of locks, the same everywhere: positions, nodes, alerts.
 * **Invariant**: rows, states, alerts and positions are committed together, and a record below the locked position is
 * passed over, so that a record counts once however often and by whomever it is read. The schema is held meanwhile.
 * @throws DatabaseError 23505 where a sample is there already and that was not expected
 * @throws SchemaTooNewError where a newer backend migrated the database, and this one cannot go on
 */
export async function writeBatches(db: Db, runs: readonly IngestBatch[], context: WriteContext): Promise<WriteResult> {
  await holdSchema(db)
  const outcomes = outcomesOf(runs, await lockPositions(db, runs))
  const fresh = outcomes.flatMap(({ stored }) => stored ?? [])
  if (fresh.length === 0)
    return { outcomes, nodes: [], savedBy: undefined, transitions: [], duplicates: 0, outsideRetention: 0 }
  const index = await context.rules.read(db)
  const nodes = await nodesOf(db, fresh, context.nodeCache)
  const { rows, outsideRetention } = rowsOf(fresh, nodes, context)
  const copied = rows.length === 0 ? Promise.resolve(0) : store(db, rows, context.expectDuplicates)
  // While PostgreSQL takes the rows in, they are judged. A rejection is not left alone should judging throw.
  copied.catch(() => undefined)
  const transitions = fresh.flatMap((run) =>
    run.samples.flatMap((sample, i) =>
      applySample(nodes.get(sample.nodeId) as NodeState, sample, {
        position: run.positions[i] as RecordPosition,
        index,
      }),
    ),
  )
  const duplicates = await copied
  const savedBy = nodes.size === 0 ? undefined : await saveNodes(db, [...nodes.values()])
  await saveRest(db, fresh, rows)
  await applyTransitions(db, transitions)
  return { outcomes, nodes: [...nodes.values()], savedBy, transitions, duplicates, outsideRetention }
}

/** In order: a partition that was read anew while its records waited has two runs here, and the second meets the first. */
function outcomesOf(runs: readonly IngestBatch[], locked: readonly ReadPosition[]): BatchOutcome[] {
  const positions = new Map(locked.map((position) => [partitionKey(position), position]))
  return runs.map((run) => {
    const outcome = outcomeOf(run, positions.get(partitionKey(run)) ?? startOf(run))
    positions.set(partitionKey(run), outcome.position)
    return outcome
  })
}

function outcomeOf(run: IngestBatch, position: ReadPosition): BatchOutcome {
  const moved = movedFrom(run, position)
  if (moved) return { run, stored: undefined, position, moved }
  const stored = run.gap ? run : withoutStored(run, position.next)
  return { run, stored, position: stored ? stored.next : position, moved: undefined }
}

/** A gap is what this replica concluded from its position, so it has to be that one to the last detail. */
function movedFrom(run: IngestBatch, position: ReadPosition): PositionMovedError | undefined {
  const { topic, partition, gap } = run
  const expected = run.expected ?? startOf(run)
  if (gap ? sameReadPosition(position, expected) : isReadOnFrom(run, position.next, expected.next)) return undefined
  return new PositionMovedError(`${topic}/${partition} is read on from ${position.next}, not from ${expected.next}`)
}

/**
 * A batch may begin before the position: another replica has read on. Not behind it, unless it was read from there: what
 * lies between was lost. And where the position is lower than it was, another log has begun.
 */
function isReadOnFrom(run: IngestBatch, next: number, expected: number): boolean {
  return next === expected || (next > expected && next >= firstOffset(run))
}

function sameReadPosition(a: ReadPosition, b: ReadPosition): boolean {
  return a.next === b.next && a.last?.timestamp === b.last?.timestamp && a.last?.hash === b.last?.hash
}

function startOf({ topic, partition }: IngestBatch): ReadPosition {
  return { topic, partition, next: 0, last: null }
}

async function nodesOf(db: Db, runs: readonly IngestBatch[], known: NodeCache): Promise<Map<string, NodeState>> {
  const wanted = new Map<string, { name: string; at: number }>()
  for (const { samples } of runs) {
    for (const { nodeId, nodeName, at } of samples) {
      if (!wanted.has(nodeId)) wanted.set(nodeId, { name: nodeName, at })
    }
  }
  if (wanted.size === 0) return new Map()
  return new Map((await lockNodes(db, wanted, known)).map((node) => [node.nodeId, node]))
}

function rowsOf(
  runs: readonly IngestBatch[],
  nodes: ReadonlyMap<string, NodeState>,
  { layoutOf, days }: WriteContext,
): { rows: SampleRow[]; outsideRetention: number } {
  const rows: SampleRow[] = []
  const isKept = days.retentionFilter()
  let outsideRetention = 0
  for (const { samples } of runs) {
    for (const sample of samples) {
      if (isKept(sample.at)) rows.push(sampleRow(sample, nodes, layoutOf))
      else outsideRetention += 1
    }
  }
  return { rows, outsideRetention }
}

function sampleRow({ nodeId, names, at, values }: Sample, nodes: ReadonlyMap<string, NodeState>, layoutOf: LayoutOf) {
  return { node: (nodes.get(nodeId) as NodeState).id, layout: layoutOf(names), at, values }
}

/** @returns how many were there already */
async function store(db: Db, rows: readonly SampleRow[], expectDuplicates: boolean): Promise<number> {
  if (expectDuplicates) return upsertSamples(db, rows)
  await copySamples(db, rows)
  return 0
}

async function saveRest(db: Db, runs: readonly IngestBatch[], rows: readonly SampleRow[]): Promise<void> {
  const rejects = runs.flatMap((run) => run.rejects)
  if (rejects.length > 0) await insertRejected(db, rejects)
  for (const { gap } of runs) if (gap) await insertGap(db, gap)
  if (rows.length > 0) await insertRollupDue(db, dueMinutes(rows))
  await savePositions(db, [...new Map(runs.map(({ next }) => [partitionKey(next), next])).values()])
}

/** @param code of PostgreSQL, or the class that it begins with */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith(code)
}
