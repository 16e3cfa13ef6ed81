import { type TeamTopicKind, teamTopics } from '#shared/team/team-topics.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { emptyTeamWrite, type BatchWrite, type StartOver } from '../../store/batch-write.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import { isFaultOfRecords } from '../../store/errors.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import type { BackendInbox } from '../alerts/backend-inbox.ts'
import type { ConsoleRules } from '../alerts/console-rules.ts'
import type { RunCounters } from '../live/run-counters.ts'
import { lastStored } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch } from '../../../src-kafka/stream.ts'
import { type RejectedAlone, rowOf } from './isolate.ts'
import type { PartitionPositions } from './partition-positions.ts'
import { databaseRuns, readDeferred, readRecords, type TeamRun } from './read-team-batch.ts'

/** Key of the name of the team that the cache belongs to. */
const teamKey = 'team.name'

/** The team that the cache belongs to; empty for the one without a name. */
export function teamOf({ meta }: Pick<ConsoleStore, 'meta'>): string {
  return meta.get(teamKey) ?? ''
}

/** What one transaction stores, and what is published after it. */
export interface TeamTransaction {
  readonly write: Partial<BatchWrite>
  /** End offset of each position's partition. */
  readonly ends?: readonly number[]
  /** Alerts to remove from every list. */
  readonly withdrawn?: readonly NodeAlert[]
}

export interface TeamIngestDeps {
  readonly store: ConsoleStore
  readonly partitions: PartitionPositions
  readonly rules: ConsoleRules
  readonly inbox: BackendInbox
  readonly counters: RunCounters
  /** Runs the work and stores its result in one transaction. If either throws, memory is unchanged. */
  readonly transaction: (work: () => TeamTransaction) => void
  /** Stores a record as rejected. Throws the error if it is not the fault of records. */
  readonly reject: (rejected: RejectedAlone, error: unknown) => void
}

/**
 * Stores the records of the backend's topics. A record that cannot be stored is found by halving and rejected, as one
 * of a metrics topic is.
 */
export class TeamIngest {
  readonly #deps: TeamIngestDeps

  constructor(deps: TeamIngestDeps) {
    this.#deps = deps
  }

  batch(raw: RawBatch, about: TeamTopicKind): void {
    const { store, partitions } = this.#deps
    const stored = partitions.position(raw.topic, raw.partition)
    if (raw.next <= (stored?.next ?? 0)) return
    for (const { database, ...run } of databaseRuns(raw, stored)) {
      const known = store.meta.teamDatabase(about)
      if (database !== undefined && known === '') store.meta.setTeamDatabase(about, database)
      else if (database !== undefined && known !== database) this.#startOver({ about, database })
      this.#ofDatabase(raw, run, about)
    }
  }

  /** After an upgrade: applies the records that an older version deferred. */
  deferred(records: readonly DeferredRecord[]): void {
    try {
      this.#storeDeferred(records)
    } catch (error) {
      const [record] = records
      if (!record || !isFaultOfRecords(error)) throw error
      if (records.length === 1) {
        const row = rowOf({ timestamp: record.at, value: record.content }, record, error)
        this.#deps.reject({ row, team: { ...emptyTeamWrite, deferrals: [settled(record)] } }, error)
        return
      }
      for (const half of halvesOf(records)) this.deferred(half)
    }
  }

  /** Drops the state of another team. Call it before the first record. */
  use(team: string): void {
    const { store, rules } = this.#deps
    const before = teamOf(store)
    if (before === team) return
    for (const about of ['rules', 'alerts'] as const) {
      this.#startOver({ about, database: '', topic: teamTopics(before)[about] })
    }
    rules.leaveTeam()
    store.meta.set(teamKey, team)
  }

  #storeDeferred(records: readonly DeferredRecord[]): void {
    const { store, inbox, transaction } = this.#deps
    const { changes, rejects } = readDeferred(records, store.rows.level)
    if (changes.length + rejects.length === 0) return
    transaction(() => {
      const { write, withdrawn } = inbox.merge(changes)
      const isRejected = new Set(rejects.map(({ position: { topic, offset } }) => `${topic} ${offset}`))
      const gone = records.filter(({ topic, offset }) => isRejected.has(`${topic} ${offset}`))
      const team = { ...write, deferrals: [...write.deferrals, ...gone.map(settled)] }
      return { write: { rejects, team }, withdrawn }
    })
  }

  /** In its own transaction: the disk may refuse the new database's records, which are then delivered again. */
  #startOver(startOver: StartOver): void {
    const { inbox, rules, transaction } = this.#deps
    transaction(() => {
      const left =
        startOver.about === 'alerts'
          ? inbox.leaveAlerts(startOver.topic !== undefined)
          : { write: emptyTeamWrite, withdrawn: [] }
      return { write: { team: { ...left.write, startOver } }, withdrawn: left.withdrawn }
    })
    if (startOver.about === 'rules') rules.clearTeamRules()
  }

  #ofDatabase(raw: RawBatch, run: TeamRun, about: TeamTopicKind): void {
    try {
      this.#storeRun(raw, run, about)
    } catch (error) {
      const { topic, partition } = raw
      const [record] = run.records
      if (!record || !isFaultOfRecords(error)) throw error
      if (run.records.length === 1) {
        const position = { topic, partition, next: run.next, last: lastStored(record, run.next, undefined) }
        this.#deps.reject({ row: rowOf(record, { topic, partition, offset: record.offset }, error), position }, error)
        return
      }
      const [first, second] = halvesOf(run.records)
      this.#ofDatabase(raw, { records: first, next: second[0]?.offset ?? run.next }, about)
      this.#ofDatabase(raw, { records: second, next: run.next }, about)
    }
  }

  #storeRun({ topic, partition, end }: RawBatch, run: TeamRun, about: TeamTopicKind): void {
    const { store, partitions, inbox, counters, transaction } = this.#deps
    const { changes, rejects } = readRecords({ topic, partition, ...run }, { about, level: store.rows.level })
    const last = lastStored(run.records.at(-1), run.next, partitions.position(topic, partition))
    transaction(() => {
      const { write, withdrawn } = inbox.merge(changes)
      const positions = [{ topic, partition, next: run.next, last }]
      return { write: { rejects, positions, team: write }, ends: [end], withdrawn }
    })
    counters.messages(topic, changes.length + rejects.length)
  }
}

function settled({ about, key }: DeferredRecord) {
  return { kind: 'settle', about, key, version: null } as const
}

function halvesOf<T>(list: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = list.length >> 1
  return [list.slice(0, middle), list.slice(middle)]
}
