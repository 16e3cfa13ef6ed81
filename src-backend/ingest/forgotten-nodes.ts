import type { Db } from '../db/db.ts'

/** Changes commit later than their time says, by the clock of the replica that makes them. */
const overlapMs = 60_000

/** Finds nodes that any replica has forgotten, for what this one has of them in memory. */
export class ForgottenNodes {
  /** By node: when it was forgotten, epoch ms. Those of the last minute before the newest. */
  #known = new Map<string, number>()
  #newest = 0

  /** The ids of nodes that were forgotten since the last call; at the first call, of all. */
  async sinceLast(db: Db): Promise<string[]> {
    const { rows } = await db.query<{ nodeId: string; at: number }>(
      `select node_id as "nodeId", extract(epoch from at)::float8 * 1000 as at from forgotten_node
       where at > to_timestamp($1::float8 / 1000) order by node_id limit 100000`,
      [this.#newest - overlapMs],
    )
    const fresh = rows.filter(({ nodeId, at }) => this.#known.get(nodeId) !== at)
    this.#known = new Map(rows.map(({ nodeId, at }) => [nodeId, at]))
    this.#newest = rows.reduce((newest, { at }) => Math.max(newest, at), this.#newest)
    return fresh.map(({ nodeId }) => nodeId)
  }
}
