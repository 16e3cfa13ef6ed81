import type { MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { decodeBatch } from '../../src-kafka/records/decode-batch.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import type { StoredValue } from './test-replica.ts'

/** Records of one partition. Their index in a list is its number. */
export interface PartitionLog {
  readonly topic: string
  readonly records: readonly RawRecord[]
}

/** What a console that reads all records at once has of a node, by time and metric. */
export function consoleValuesOf(logs: readonly PartitionLog[], node: string, mappings?: MappingIndex): StoredValue[] {
  const scanner = new SampleScanner()
  if (mappings) scanner.mappings = mappings
  const values = new Map<string, StoredValue>()
  for (const [partition, { topic, records }] of logs.entries()) {
    const columns = decodeBatch(aRawBatch({ topic, partition, records }), undefined, scanner)?.columns
    for (let i = 0; i < (columns?.count ?? 0); i++) {
      const sample = columns && sampleAt(columns, i)
      if (sample?.nodeId !== node) continue
      sample.names.forEach((metric, n) => {
        values.set(`${metric} ${sample.at}`, { metric, at: sample.at, value: sample.values[n] as number })
      })
    }
  }
  return [...values.values()].sort((a, b) => a.at - b.at || (a.metric < b.metric ? -1 : 1))
}
