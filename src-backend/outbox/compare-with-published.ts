/**
 * Compares the database with the records in Kafka, in one transaction that holds the relay lock. No relay publishes
 * during that time. So every record in Kafka was committed here before, unless the database was restored from a backup.
 */
import { mappingKey } from '#shared/metric/mapping/mapping-key.ts'
import { silenceKey } from '#shared/silence/silence-key.ts'
import { type ForgottenNode, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import { teamTopics } from '#shared/team/team-topics.ts'
import type { Db } from '../db/db.ts'
import { mappingsForChange, storeMappings } from '../mappings/service.ts'
import { lockForChange, ruleVersions, storeDifferences } from '../rules/service.ts'
import {
  batches,
  deleteQueued,
  eachAlert,
  eachForgottenNode,
  eachSilence,
  queuedKeys,
  raiseSilenceVersions,
  raiseVersions,
  saveForgottenNodes,
} from './compare-repo.ts'
import { enqueueCurrent } from './enqueue.ts'
import { mappingDifferences } from './mapping-differences.ts'
import { alertHash, forgottenHash, type PublishedRecords, silenceHash } from './published-records.ts'
import { ruleDifferences } from './rule-differences.ts'
import { raiseAlertVersions } from './team-database.ts'

/** The outbox names topics as if there were one team. */
const topics = teamTopics()

/** Lead of new versions before they are in effect, so that no evaluator has passed that time. */
const marginMs = 2_000

/** Ids of rules and alerts that consoles know differently. All empty: the database is not older than Kafka. */
export interface ComparisonResult {
  /** Rules that got a new version with the contents of the database. */
  readonly rules: readonly string[]
  /** Rules that only consoles know. A new version deletes them. */
  readonly unknownRules: readonly string[]
  /** Alerts that got a new version. */
  readonly alerts: readonly string[]
  /** Alerts that only consoles know. A tombstone withdraws them. */
  readonly unknownAlerts: readonly string[]
  /** Nodes that consoles hide, and the database does not, or not since then. A newer record shows them. */
  readonly forgottenNodes: readonly string[]
  /** Silences that got a new version. */
  readonly silences: readonly string[]
  /** Silences that only consoles know. A tombstone withdraws them. */
  readonly unknownSilences: readonly string[]
  /** Topics whose mapping got a new version. */
  readonly mappings: readonly string[]
  /** Topics whose mapping only consoles know. A new version removes it. */
  readonly unknownMappings: readonly string[]
}

export function isRestored(result: ComparisonResult): boolean {
  return Object.values(result).some((ids: readonly string[]) => ids.length > 0)
}

/** Enqueues records that correct every difference. `now`: epoch ms. */
export async function compareWithPublished(
  db: Db,
  published: PublishedRecords,
  now: number,
): Promise<ComparisonResult> {
  await lockForChange(db)
  return {
    ...(await compareRules(db, published, now)),
    ...(await compareAlerts(db, published)),
    forgottenNodes: await compareForgottenNodes(db, published),
    ...(await compareSilences(db, published)),
    ...(await compareMappings(db, published, now)),
  }
}

async function compareRules(
  db: Db,
  published: PublishedRecords,
  now: number,
): Promise<Pick<ComparisonResult, 'rules' | 'unknownRules'>> {
  const stored = await ruleVersions(db)
  const differences = ruleDifferences(published.rules, stored, { now, marginMs })
  await storeDifferences(db, differences)
  const changed = differences.next.map(({ id }) => id)
  await requeue(db, topics.rules, changed)
  await enqueueUnqueued(db, topics.rules, differences.unpublished)
  return {
    rules: changed.filter((id) => !differences.unknown.has(id)),
    unknownRules: changed.filter((id) => differences.unknown.has(id)),
  }
}

async function compareAlerts(
  db: Db,
  { alerts: published }: PublishedRecords,
): Promise<Pick<ComparisonResult, 'alerts' | 'unknownAlerts'>> {
  const { older, unpublished, unknown } = await differences(eachAlert(db), published, ({ alert }) => alertHash(alert))
  // The tombstone of a deleted alert may still be in the outbox.
  const deleted = await queuedKeys(db, topics.alerts, unknown)
  const unknownAlerts = unknown.filter((id) => !deleted.has(id))
  await raiseVersions(db, older)
  await raiseAlertVersions(db, highest(published, unknownAlerts))
  await requeue(db, topics.alerts, [...older.keys(), ...unknownAlerts])
  await enqueueUnqueued(db, topics.alerts, unpublished)
  return { alerts: [...older.keys()], unknownAlerts }
}

/** As with alerts. A console may send a silence again that the database has forgotten: its version is above, too. */
async function compareSilences(
  db: Db,
  { silences: published }: PublishedRecords,
): Promise<Pick<ComparisonResult, 'silences' | 'unknownSilences'>> {
  const found = await differences(eachSilence(db), published, ({ silence }) => silenceHash(silence))
  const { older, unpublished, unknown } = found
  const deleted = await queuedKeys(db, topics.alerts, unknown.map(silenceKey))
  const unknownSilences = unknown.filter((id) => !deleted.has(silenceKey(id)))
  await raiseSilenceVersions(db, older)
  await raiseAlertVersions(db, highest(published, unknownSilences))
  await requeue(db, topics.alerts, [...older.keys(), ...unknownSilences].map(silenceKey))
  await enqueueUnqueued(db, topics.alerts, unpublished.map(silenceKey))
  return { silences: [...older.keys()], unknownSilences }
}

/** As with rules: a mapping decides what is read, so a published version never gets other contents. */
async function compareMappings(
  db: Db,
  { mappings: published }: PublishedRecords,
  now: number,
): Promise<Pick<ComparisonResult, 'mappings' | 'unknownMappings'>> {
  const stored = await mappingsForChange(db)
  const { next, unknown, unpublished } = mappingDifferences(published, stored, { now, marginMs })
  await storeMappings(db, [...next, ...unknown])
  const changed = [...next, ...unknown].map(({ topic }) => mappingKey(topic))
  await requeue(db, topics.alerts, changed)
  await enqueueUnqueued(db, topics.alerts, unpublished.map(mappingKey))
  return { mappings: next.map(({ topic }) => topic), unknownMappings: unknown.map(({ topic }) => topic) }
}

interface Versioned {
  readonly id: string
  readonly version: number
}

interface Differences {
  /** Ids of rows that are older than their records, or differ at the same version: with the published version. */
  readonly older: ReadonlyMap<string, number>
  /** Ids of rows whose last record has another version. */
  readonly unpublished: readonly string[]
  /** Ids without a row. */
  readonly unknown: readonly string[]
}

async function differences<Row extends Versioned>(
  stored: AsyncIterable<Row>,
  published: PublishedRecords['alerts' | 'silences'],
  hashOf: (row: Row) => string,
): Promise<Differences> {
  const unknown = new Set(published.keys())
  const older = new Map<string, number>()
  const unpublished: string[] = []
  for await (const row of stored) {
    const { id, version } = row
    const known = published.get(id)
    unknown.delete(id)
    const isOlder =
      known !== undefined && (known.version > version || (known.version === version && known.content !== hashOf(row)))
    if (isOlder) older.set(id, known.version)
    else if (known?.lastVersion !== version) unpublished.push(id)
  }
  return { older, unpublished, unknown: [...unknown] }
}

function highest(published: PublishedRecords['alerts' | 'silences'], ids: readonly string[]): number {
  return ids.reduce((version, id) => Math.max(version, published.get(id)?.version ?? 0), 0)
}

/**
 * The database decides: a node that was forgotten after the backup is in its lists. No record takes back another one, but
 * the newest one counts. So consoles get a newer one, by which they hide what the database hides: nothing, for a node
 * that it has in its lists.
 */
async function compareForgottenNodes(db: Db, { forgotten: published }: PublishedRecords): Promise<string[]> {
  const unknown = new Map(published)
  const newer: ForgottenNode[] = []
  const unpublished: string[] = []
  for await (const node of eachForgottenNode(db)) {
    const known = published.get(node.nodeId)
    unknown.delete(node.nodeId)
    const isOther = known !== undefined && known.at >= node.at && known.content !== forgottenHash(node)
    if (isOther) newer.push({ ...node, at: known.at + 1 })
    else if (known?.at !== node.at) unpublished.push(forgottenNodeKey(node.nodeId))
  }
  // The tombstone of an expired record may still be in the outbox.
  const queued = await queuedKeys(db, topics.alerts, [...unknown.keys()].map(forgottenNodeKey))
  for (const [nodeId, { at }] of unknown) {
    if (queued.has(forgottenNodeKey(nodeId))) continue
    newer.push({ nodeId, by: 'ReMo', at: at + 1, lastSeen: 0, readTo: [] })
  }
  await saveForgottenNodes(db, newer)
  const changed = newer.map(({ nodeId }) => nodeId)
  await requeue(db, topics.alerts, changed.map(forgottenNodeKey))
  await enqueueUnqueued(db, topics.alerts, unpublished)
  return changed
}

/** Enqueues the current state in place of queued rows: their versions may have been published before. */
async function requeue(db: Db, topic: string, ids: readonly string[]): Promise<void> {
  await deleteQueued(db, topic, ids)
  for (const keys of batches(ids)) await enqueueCurrent(db, { topic, keys })
}

async function enqueueUnqueued(db: Db, topic: string, ids: readonly string[]): Promise<void> {
  const queued = await queuedKeys(db, topic, ids)
  for (const keys of batches(ids.filter((id) => !queued.has(id)))) await enqueueCurrent(db, { topic, keys })
}
