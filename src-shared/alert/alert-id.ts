import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { NodeAlertKind } from './alert.ts'
import type { Anchor, RuleRef } from './series.ts'

/** The identity of an episode. */
export interface EpisodeKey {
  readonly rule: RuleRef
  readonly series: { readonly nodeId: string; readonly metric: string }
  readonly anchor: Anchor
}

/**
 * Id of an episode: SHA-256 over rule version, series and anchor, written as a version 8 UUID (RFC 9562, 5.8). So every
 * evaluator computes the same id.
 *
 * The event time is part of it because a recreated topic counts its offsets from 0 again. The kind is part of it
 * because a no-data episode and a value episode may share their anchor.
 */
export function alertIdOf(kind: NodeAlertKind, { rule, series, anchor }: EpisodeKey): string {
  const { topic, partition, offset } = anchor.position
  const parts = [kind, rule.id, rule.version, series.nodeId, series.metric, topic, partition, offset, anchor.at]
  const hash = sha256(utf8ToBytes(JSON.stringify(parts)))
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = bytesToHex(hash)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
