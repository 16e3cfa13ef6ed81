import { timelineEvent } from '#shared/alert/apply-transition.ts'
import { seriesStateCodec } from '#shared/codec/series-state-codec.ts'
import { KeptCounters } from '#shared/metric/assemble/assemble-builders.ts'
import { Assembler } from '#shared/metric/assemble/assembler.ts'
import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import type { RecordPart } from '#shared/metric/formats/record-part.ts'
import { type Layout, sampleAt, type SampleColumns } from '#shared/metric/sample-columns.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import { type AlertEvent, isNodeAlert, type NodeAlert, type NodeAlertEvent } from '#shared/alert/alert.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import { applyInOrder } from '../../src-backend/alerts/apply-transitions.ts'
import { PartitionCounters } from '../../src-backend/ingest/counters/partition-counters.ts'
import { applySample, type NodeState } from '../../src-backend/ingest/nodes/node-state.ts'
import { type LockedNodeRow, nodeRecord, openNode } from '../../src-backend/ingest/nodes/stored-node.ts'
import { type PartRow, partRecord } from '../../src-backend/ingest/nodes/stored-part.ts'
import { SeriesEvaluator } from '../../src-main/data/alerts/series-evaluator.ts'
import { StoredSeries } from '../../src-main/data/alerts/stored-series.ts'

// Consoles and replicas without their disks: what one of them has stored is all that survives its crash.

const topic = 'metrics'

/** The parts of one record: all of one node and time. */
export interface LogRecord {
  readonly at: number
  readonly parts: readonly RecordPart[]
}

/** The log: by partition, in order of offsets. */
export type Log = ReadonlyArray<readonly LogRecord[]>

/** How many records of which partition are processed together, and whether the process dies before it stores them. */
export interface Step {
  readonly partition: number
  readonly count: number
  readonly crashes: boolean
  /** Which replica has the partition now. */
  readonly replica: number
}

/** `alert id, kind, time, severity, value`: what everybody has to agree on. */
export function lineOf({ alertId, kind, at, severity, value }: AlertEvent): string {
  return `${alertId} ${kind} ${at} ${severity ?? ''} ${value ?? ''}`
}

interface Batch {
  readonly partition: number
  readonly from: number
  readonly records: readonly LogRecord[]
}

/** The rows of the records, as every reader makes them. */
function rowsOf(assembler: Assembler, { partition, from, records }: Batch): SampleColumns {
  assembler.begin({ topic, partition })
  for (const [i, { at, parts }] of records.entries()) assembler.add({ offset: from + i, timestamp: at }, parts)
  return assembler.take().columns
}

/** A replica: what it has in memory. */
class Replica {
  readonly assembler = new Assembler()
  /** Nodes, valid while their row has this version. */
  readonly nodes = new Map<string, { readonly version: number; readonly node: NodeState }>()
  readonly #counters = new Map<number, PartitionCounters>()

  countersOf(partition: number): PartitionCounters {
    const counters = this.#counters.get(partition) ?? new PartitionCounters()
    this.#counters.set(partition, counters)
    return counters
  }
}

/** Replicas of a backend that share rows, and take partitions from each other. */
export class Replicas {
  readonly lines: string[] = []
  readonly alerts = new Map<string, AlertRecord>()
  readonly #events: NodeAlertEvent[] = []
  readonly #rows = new Map<string, StoredNode>()
  /** By partition, node and part. */
  readonly #counters = new Map<string, CounterRow>()
  readonly #replicas = new Map<number, Replica>()
  readonly #next: number[]
  readonly #log: Log
  readonly #index: RuleIndex

  constructor(log: Log, index: RuleIndex) {
    this.#log = log
    this.#index = index
    this.#next = log.map(() => 0)
  }

  run({ partition, count, crashes, replica: number }: Step): void {
    const replica = this.#replicas.get(number) ?? new Replica()
    this.#replicas.set(number, replica)
    const from = this.#next[partition] ?? 0
    const records = this.#log[partition]?.slice(from, from + count) ?? []
    const counters = this.#countersAt(replica, partition, from)
    const columns = rowsOf(replica.assembler, { partition, from, records })
    const nodes = new Map(nodeIdsOf(columns).map((nodeId) => [nodeId, this.#node(nodeId, replica)]))
    const transitions = this.#transitionsOf(columns, partition, nodes)
    const { changed, events } = applyInOrder(transitions, [...this.alerts.values()], this.#events)
    if (crashes) {
      this.#replicas.delete(number)
      return
    }
    const changes = counters.changesOf(columns)
    counters.apply(changes)
    counters.next = from + records.length
    replica.assembler.commit({ topic, partition })
    for (const { nodeId, part, values } of changes) {
      const row = { topic, partition, nodeId, part, values: new Map(values) }
      this.#counters.set(JSON.stringify([partition, nodeId, part]), row)
    }
    for (const [nodeId, node] of nodes) this.#store(nodeId, node, replica)
    for (const record of changed) this.alerts.set(record.alert.id, record)
    this.#events.push(...events)
    this.lines.push(...transitions.map((t) => lineOf(timelineEvent(t))))
    this.#next[partition] = from + records.length
  }

  /** Read again where another replica had the partition. */
  #countersAt(replica: Replica, partition: number, next: number): PartitionCounters {
    const counters = replica.countersOf(partition)
    if (counters.next === next) return counters
    const rows = [...this.#counters.values()].filter((row) => row.partition === partition)
    counters.load(rows, next)
    replica.assembler.restore(rows)
    return counters
  }

  #transitionsOf(columns: SampleColumns, partition: number, nodes: ReadonlyMap<string, NodeState>): Transition[] {
    return Array.from({ length: columns.count }).flatMap((_, i) => {
      const sample = sampleAt(columns, i)
      const position = { topic, partition, offset: columns.offset[i] as number }
      const recordedAt = columns.recordedAt[i] as number
      const { part } = columns.directory.layouts[columns.layout[i] as number] as Layout
      const node = nodes.get(sample.nodeId)
      return node ? applySample(node, sample, { position, recordedAt, index: this.#index, part }) : []
    })
  }

  #node(nodeId: string, replica: Replica): NodeState {
    const stored = this.#rows.get(nodeId)
    const known = replica.nodes.get(nodeId)
    if (known && known.version === stored?.version) return known.node
    return openNode(
      stored?.row ?? emptyRow(nodeId),
      Array.from(stored?.parts.values() ?? [], (row) => ({ row })),
    )
  }

  #store(nodeId: string, node: NodeState, replica: Replica): void {
    const before = this.#rows.get(nodeId)
    const version = (before?.version ?? 0) + 1
    const parts = new Map(before?.parts)
    for (const [name, part] of node.parts.byName) {
      if (part.isChanged) parts.set(name, partRowOf(parts.get(name), partRecord(node, name, part)))
    }
    node.parts.saved(String(version))
    this.#rows.set(nodeId, { version, row: rowOf(nodeId, nodeRecord(node)), parts })
    replica.nodes.set(nodeId, { version, node })
  }

  get isDone(): boolean {
    return this.#log.every((records, partition) => records.length === this.#next[partition])
  }
}

function nodeIdsOf({ directory, node }: SampleColumns): string[] {
  return [...new Set(Array.from(node, (key) => directory.nodes[key]?.id ?? ''))]
}

interface StoredNode {
  readonly version: number
  readonly row: LockedNodeRow
  readonly parts: ReadonlyMap<string, PartRow>
}

function emptyRow(nodeId: string): LockedNodeRow {
  return {
    id: 1,
    node_id: nodeId,
    node_name: nodeId,
    last_seen_ms: 0,
    interval_ms: null,
    latest: {},
    units: {},
    series: {},
    forgotten: false,
  }
}

/** As PostgreSQL gives the row back. */
function rowOf(nodeId: string, record: object): LockedNodeRow {
  const { last_seen, ...stored } = JSON.parse(JSON.stringify(record)) as { last_seen: number }
  return { ...emptyRow(nodeId), ...stored, last_seen_ms: last_seen * 1000 }
}

/** As PostgreSQL gives the row back. What the record does not have stays as it was. */
function partRowOf(before: PartRow | undefined, record: object): PartRow {
  const { seen, ...stored } = JSON.parse(JSON.stringify(record)) as Partial<PartRow> & { seen: number }
  return { ...(before as PartRow), sent_at: null, steps: null, ...stored, seen_ms: seen * 1000, savedBy: '' }
}

/** One console of a team that reads the log from its beginning. */
export class TeamConsole {
  readonly lines: string[] = []
  readonly #log: Log
  readonly #index: RuleIndex
  readonly #stored = new StoredSeries()
  readonly #alerts = new Map<string, NodeAlert>()
  readonly #counters = new KeptCounters()
  readonly #next: number[]
  #evaluator: SeriesEvaluator
  #assembler = new Assembler()

  constructor(log: Log, index: RuleIndex) {
    this.#log = log
    this.#index = index
    this.#next = log.map(() => 0)
    this.#evaluator = this.#opened()
  }

  run({ partition, count, crashes }: Step): void {
    const from = this.#next[partition] ?? 0
    const records = this.#log[partition]?.slice(from, from + count) ?? []
    const columns = rowsOf(this.#assembler, { partition, from, records })
    const batch = { topic, partition, columns }
    this.#evaluator.records(batch, { index: this.#index, isInBacklog: false, isStartUnknown: false })
    const staged = this.#evaluator.staged()
    if (crashes) {
      this.#evaluator = this.#opened()
      this.#assembler = new Assembler()
      this.#assembler.restore(this.#counters.rows())
      return
    }
    this.#stored.write([batch], staged)
    this.#counters.keep(columns, { topic, partition })
    for (const alert of staged.alerts.filter(isNodeAlert)) this.#alerts.set(alert.id, alert)
    this.lines.push(...staged.events.map((event) => lineOf(event)))
    this.#next[partition] = from + records.length
    this.#evaluator.commit(records.at(-1)?.at)
    this.#assembler.commit()
  }

  get isDone(): boolean {
    return this.#log.every((records, partition) => records.length === this.#next[partition])
  }

  alerts(): readonly NodeAlert[] {
    return [...this.#alerts.values()]
  }

  #opened(): SeriesEvaluator {
    return new SeriesEvaluator({
      series: this.#stored.rows().map((row) => ({ ...row, state: reread(row.state) })),
      openAlerts: [...this.#alerts.values()].filter(({ phase }) => phase === 'firing'),
      nameOf: (nodeId) => nodeId,
      findStored: (id) => this.#alerts.get(id),
      backend: { officialAlerts: () => [], pendingAcknowledgements: () => [] },
    })
  }
}

/** As the cache gives a state back. */
function reread(state: Parameters<typeof seriesStateCodec.encode>[0]): typeof state {
  const read = seriesStateCodec.decode(JSON.parse(JSON.stringify(seriesStateCodec.encode(state))))
  if (!read.ok) throw new Error('a state is not read again')
  return read.value
}
