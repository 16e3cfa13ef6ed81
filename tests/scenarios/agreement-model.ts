import { timelineEvent } from '#shared/alert/apply-transition.ts'
import { seriesStateCodec } from '#shared/codec/series-state-codec.ts'
import { columnsOf, SampleDirectory, type SampleBatch } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import { type AlertEvent, isNodeAlert, type NodeAlert, type NodeAlertEvent } from '#shared/alert/alert.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import { applyInOrder } from '../../src-backend/alerts/apply-transitions.ts'
import { applySample, type NodeState } from '../../src-backend/ingest/nodes/node-state.ts'
import { type LockedNodeRow, nodeRecord, openNode } from '../../src-backend/ingest/nodes/stored-node.ts'
import { type PartRow, partRecord } from '../../src-backend/ingest/nodes/stored-part.ts'
import { SeriesEvaluator } from '../../src-main/data/alerts/series-evaluator.ts'
import { StoredSeries } from '../../src-main/data/alerts/stored-series.ts'

// Consoles and replicas without their disks: what one of them has stored is all that survives its crash.

/** A sample of a part of its node; absent: of ReMo's own format. */
export interface PartSample extends Sample {
  readonly part?: string
}

/** The log: by partition, in order of offsets. */
export type Log = ReadonlyArray<readonly PartSample[]>

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

/** Replicas of a backend that share rows, and take partitions from each other. */
export class Replicas {
  readonly lines: string[] = []
  readonly alerts = new Map<string, AlertRecord>()
  readonly #events: NodeAlertEvent[] = []
  readonly #rows = new Map<string, StoredNode>()
  /** By replica: the nodes that it has in memory, valid while their row has this version. */
  readonly #memory = new Map<number, Map<string, { readonly version: number; readonly node: NodeState }>>()
  readonly #next: number[]
  readonly #log: Log
  readonly #index: RuleIndex

  constructor(log: Log, index: RuleIndex) {
    this.#log = log
    this.#index = index
    this.#next = log.map(() => 0)
  }

  run({ partition, count, crashes, replica }: Step): void {
    const from = this.#next[partition] ?? 0
    const samples = this.#log[partition]?.slice(from, from + count) ?? []
    const nodes = new Map(samples.map(({ nodeId }) => [nodeId, this.#node(nodeId, replica)]))
    const transitions = samples.flatMap((sample, i) => {
      const position = { topic: 'metrics', partition, offset: from + i }
      const node = nodes.get(sample.nodeId)
      const { at: recordedAt, part = '' } = sample
      return node ? applySample(node, sample, { position, recordedAt, index: this.#index, part }) : []
    })
    const { changed, events } = applyInOrder(transitions, [...this.alerts.values()], this.#events)
    if (crashes) {
      this.#memory.delete(replica)
      return
    }
    for (const [nodeId, node] of nodes) this.#store(nodeId, node, replica)
    for (const record of changed) this.alerts.set(record.alert.id, record)
    this.#events.push(...events)
    this.lines.push(...transitions.map((t) => lineOf(timelineEvent(t))))
    this.#next[partition] = from + samples.length
  }

  #node(nodeId: string, replica: number): NodeState {
    const stored = this.#rows.get(nodeId)
    const known = this.#memory.get(replica)?.get(nodeId)
    if (known && known.version === stored?.version) return known.node
    return openNode(
      stored?.row ?? emptyRow(nodeId),
      Array.from(stored?.parts.values() ?? [], (row) => ({ row })),
    )
  }

  #store(nodeId: string, node: NodeState, replica: number): void {
    const before = this.#rows.get(nodeId)
    const version = (before?.version ?? 0) + 1
    const parts = new Map(before?.parts)
    for (const [name, part] of node.parts.byName) {
      if (part.isChanged) parts.set(name, partRowOf(parts.get(name), partRecord(node, name, part)))
    }
    node.parts.saved(String(version))
    this.#rows.set(nodeId, { version, row: rowOf(nodeId, nodeRecord(node)), parts })
    const memory = this.#memory.get(replica) ?? new Map<string, { version: number; node: NodeState }>()
    this.#memory.set(replica, memory.set(nodeId, { version, node }))
  }

  get isDone(): boolean {
    return this.#log.every((samples, partition) => samples.length === this.#next[partition])
  }
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
  readonly #next: number[]
  #evaluator: SeriesEvaluator
  #directory = new SampleDirectory()

  constructor(log: Log, index: RuleIndex) {
    this.#log = log
    this.#index = index
    this.#next = log.map(() => 0)
    this.#evaluator = this.#opened()
  }

  run({ partition, count, crashes }: Step): void {
    const from = this.#next[partition] ?? 0
    const samples = this.#log[partition]?.slice(from, from + count) ?? []
    const batch = this.#batchOf(samples, partition, from)
    this.#evaluator.records(batch, { index: this.#index, isInBacklog: false, isStartUnknown: false })
    const staged = this.#evaluator.staged()
    if (crashes) {
      this.#evaluator = this.#opened()
      return
    }
    this.#stored.write([batch], staged)
    for (const alert of staged.alerts.filter(isNodeAlert)) this.#alerts.set(alert.id, alert)
    this.lines.push(...staged.events.map((event) => lineOf(event)))
    this.#next[partition] = from + samples.length
    this.#evaluator.commit(samples.at(-1)?.at)
  }

  get isDone(): boolean {
    return this.#log.every((samples, partition) => samples.length === this.#next[partition])
  }

  alerts(): readonly NodeAlert[] {
    return [...this.#alerts.values()]
  }

  #opened(): SeriesEvaluator {
    this.#directory = new SampleDirectory()
    return new SeriesEvaluator({
      series: this.#stored.rows().map((row) => ({ ...row, state: reread(row.state) })),
      openAlerts: [...this.#alerts.values()].filter(({ phase }) => phase === 'firing'),
      nameOf: (nodeId) => nodeId,
      findStored: (id) => this.#alerts.get(id),
      backend: { officialAlerts: () => [], pendingAcknowledgements: () => [] },
    })
  }

  #batchOf(samples: readonly PartSample[], partition: number, from: number): SampleBatch {
    const offsets = samples.map((_, i) => from + i)
    const columns = columnsOf(samples, offsets, this.#directory)
    const recordedAt = Float64Array.from(samples, ({ at }) => at)
    const layout = Uint32Array.from(samples, ({ names, units, part = '' }) => {
      return this.#directory.layout(names, units, { part, counters: [] }).index
    })
    return { topic: 'metrics', partition, columns: { ...columns, recordedAt, layout } }
  }
}

/** As the cache gives a state back. */
function reread(state: Parameters<typeof seriesStateCodec.encode>[0]): typeof state {
  const read = seriesStateCodec.decode(JSON.parse(JSON.stringify(seriesStateCodec.encode(state))))
  if (!read.ok) throw new Error('a state is not read again')
  return read.value
}
