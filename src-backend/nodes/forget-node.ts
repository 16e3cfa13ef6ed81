import { seriesStateCodec } from '#shared/codec/series-state-codec.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import { type ForgottenNode, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import { resolveAlertsOf } from '../alerts/service.ts'
import { writeAudit } from '../audit/service.ts'
import type { Db } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { enqueueForgottenNode, enqueueTombstones } from '../outbox/enqueue.ts'
import { deleteForgotten, lockNode, type NodeToForget, markForgotten, readPositionsOf, saveForgotten } from './repo.ts'

/** More partitions than a node sends to. */
const partitionsAtMost = 64

/**
 * Removes a node from all lists and ends its alerts. Its samples stay. The next record of the node brings it back, as a
 * new node. The node is locked as by the ingest, so no record comes between.
 * @throws ApiError `node_not_found`
 */
export async function forgetNode(db: Db, nodeId: string, author: ChangeAuthor): Promise<void> {
  const node = await lockNode(db, nodeId)
  if (!node) throw apiError('node_not_found', `Node ${nodeId} not found.`)
  const { actor, now, requestId } = author
  // While the row is locked, no record of the node is committed: the stored positions include all that were.
  const readTo = await readPositionsOf(db, partitionsOf(node))
  const forgotten: ForgottenNode = { nodeId, by: actor.username, at: now, lastSeen: Math.round(node.lastSeen), readTo }
  await markForgotten(db, node, now)
  await saveForgotten(db, forgotten)
  await enqueueForgottenNode(db, forgotten)
  const alerts = await resolveAlertsOf(db, forgotten)
  await writeAudit(db, { actor, action: 'node.forgotten', subject: nodeId, before: { alerts }, requestId })
}

/**
 * Deletes the records of nodes that were forgotten before `before` (epoch ms), at most `limit` of them.
 * @returns how many
 */
export async function deleteOldForgotten(db: Db, old: { before: number; limit: number }): Promise<number> {
  const nodeIds = await deleteForgotten(db, old)
  await enqueueTombstones(db, nodeIds.map(forgottenNodeKey))
  return nodeIds.length
}

/** The partitions of the newest records, each once. A state that this version cannot read is left out. */
function partitionsOf({ series, parts }: NodeToForget): readonly Pick<RecordPosition, 'topic' | 'partition'>[] {
  const found = new Map<string, RecordPosition>()
  const add = (position: RecordPosition | undefined): void => {
    if (position) found.set(JSON.stringify([position.topic, position.partition]), position)
  }
  for (const states of [series, ...parts.map((part) => part.series)]) {
    for (const stored of Object.values(Object(states) as Record<string, unknown>)) add(positionOf(stored))
  }
  for (const { anchor } of parts) if (anchor !== null) add(positionOf({ ...restingState, last: anchor }))
  return [...found.values()].slice(0, partitionsAtMost)
}

const restingState = seriesStateCodec.encode(emptySeries) as object

function positionOf(stored: unknown): RecordPosition | undefined {
  const state = seriesStateCodec.decode(stored)
  return state.ok ? state.value.last?.position : undefined
}
