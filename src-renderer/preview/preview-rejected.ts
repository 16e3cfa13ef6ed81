/** Messages that were lost. */
export function gaps(at: number) {
  const gap = { topic: 'metrics-node-1', partition: 0, reason: 'retention removed them before ReMo read them' }
  return [
    { ...gap, from: 181_204, to: 181_964, at: at - 430_000 },
    {
      ...gap,
      topic: 'metrics-node-3',
      from: 9_120,
      to: 9_120,
      at: at - 7_200_000,
      reason: 'the topic was created anew',
    },
  ]
}

/** Messages that ReMo could not use. */
export function rejects(at: number) {
  const head = btoa('{"node_id":"node-3","timestamp":"2026-11-24T11:01:44.120Z","metrics":{"cpu_usage":"n/a"}}')
  const record = { topic: 'metrics-node-3', partition: 0, code: 'wrong-shape', head }
  return [
    { ...record, offset: 183_640, at: at - 60_000, reason: 'metrics.cpu_usage: expected number, got "n/a"' },
    {
      ...record,
      offset: 183_431,
      at: at - 900_000,
      code: 'not-json',
      reason: 'not JSON: unexpected end at byte 118',
      head: btoa('{"node'),
    },
    {
      ...record,
      offset: 183_147,
      at: at - 1_900_000,
      code: 'bad-timestamp',
      reason: 'timestamp: not RFC 3339, got "\u202ewon"',
    },
  ]
}
