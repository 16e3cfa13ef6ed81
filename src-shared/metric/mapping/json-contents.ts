/**
 * The JSON values that a mapping would read of a record, as `readRecord` finds them: envelopes (Kafka Connect,
 * CloudEvents, the Confluent frame) are taken off, JSON lines are one value each. Empty if the record is no JSON. Never
 * throws.
 * @param value of the record; `null`: a tombstone
 */
export function jsonContents(_value: Uint8Array | null): readonly unknown[] {
  return []
}
