import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { AlertKind } from './alert.ts'
import type { Anchor, RuleRef } from './series.ts'

/** What makes an episode this one and no other. */
export interface EpisodeKey {
  readonly rule: RuleRef
  readonly series: { readonly nodeId: string; readonly metric: string }
  readonly anchor: Anchor
}

/**
 * Id of an episode: SHA-256 over rule version, series and anchor, written as a UUID of version 8 (RFC 9562, 5.8), so
 * that every evaluator finds the same one. The event time is in it because a topic that was created again counts its
 * offsets anew; the kind, because a silence and a value episode may share their anchor.
 */
export function alertIdOf(kind: AlertKind, { rule, series, anchor }: EpisodeKey): string {
  const { topic, partition, offset } = anchor.position
  const parts = [kind, rule.id, rule.version, series.nodeId, series.metric, topic, partition, offset, anchor.at]
  const hash = sha256(utf8ToBytes(JSON.stringify(parts)))
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = bytesToHex(hash)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
