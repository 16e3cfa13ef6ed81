import { z } from 'zod'
import { messageLimits } from '../metric/message.ts'
import type { RecordPosition } from '../metric/sample.ts'

/** Offset in a partition up to which the node's records were known. */
const ReadTo = z.strictObject({ topic: z.string(), partition: z.int(), next: z.number() })

/**
 * A node that a person removed from all lists. Its history stays. It is back with the first record that was not known
 * then. Times are epoch ms.
 */
export const ForgottenNode = z.strictObject({
  nodeId: z.string().min(1).max(messageLimits.nodeId),
  by: z.string().min(1).max(128),
  /** When the person did it, by the clock of the backend; without one, of the console. The newest one counts. */
  at: z.number(),
  /** Event time of its newest record. */
  lastSeen: z.number(),
  /** The partitions that its records came from. */
  readTo: z.array(ReadTo).max(64),
})
export type ForgottenNode = z.infer<typeof ForgottenNode>

/**
 * Whether a record of the node was not known when it was forgotten. The log decides, so that it is the same on every
 * console, whatever the clock of the node says. The event time decides for another partition, and for a topic that was
 * created again.
 * @param at event time of the record, epoch ms
 */
export function isNewRecord({ lastSeen, readTo }: ForgottenNode, position: RecordPosition, at: number): boolean {
  const known = readTo.find(({ topic, partition }) => topic === position.topic && partition === position.partition)
  return (known !== undefined && position.offset >= known.next) || at > lastSeen
}

/**
 * Whether the record hides no record of the node: a restored database has it in its lists. The older record that hides it
 * cannot be taken back, only replaced.
 */
export function hidesNothing({ lastSeen, readTo }: ForgottenNode): boolean {
  return lastSeen === 0 && readTo.length === 0
}

const keyPrefix = 'node:'

/** Key of the record on the topic of alerts, whose other keys are ids of alerts. */
export function forgottenNodeKey(nodeId: string): string {
  return keyPrefix + nodeId
}

/** The node of a record with this key; `undefined` for another kind of record. */
export function forgottenNodeIn(key: string | undefined): string | undefined {
  return key?.startsWith(keyPrefix) === true ? key.slice(keyPrefix.length) : undefined
}
