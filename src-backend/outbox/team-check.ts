import type { Log } from '#shared/log.ts'
import { databaseHeader, teamTopicKind, type TeamTopicKind, teamTopics } from '#shared/team/team-topics.ts'
import type { ProducerBatch } from '../../src-kafka/produce/producer-record.ts'
import type { ToRead } from '../../src-kafka/consume/read-to-end.ts'
import { writeAudit } from '../audit/service.ts'
import type { Db } from '../db/db.ts'
import { compareWithPublished, type ComparisonResult, isRestored } from './compare-with-published.ts'
import { ForeignTopicsError, foreignSentence, ownershipOf } from './ownership.ts'
import { PublishedRecords } from './published-records.ts'
import { markCompared, readTeamDatabase, type TeamDatabase } from './team-database.ts'

export interface TeamCheckDeps {
  readonly team: string
  /** Reads topics from beginning to end. */
  readonly read: (toRead: ToRead) => Promise<void>
  readonly log: Log
  readonly now: () => number
}

/** A batch of the relay. */
export type TeamBatch = ProducerBatch<string | null>

/**
 * Checks before a relay publishes: does no other database publish to these topics, and is this database as new as they
 * are?
 */
export class TeamCheck {
  readonly #deps: TeamCheckDeps
  #database: TeamDatabase | undefined

  constructor(deps: TeamCheckDeps) {
    this.#deps = deps
  }

  /** The batch for this team's topics, with the id of the database. Call `check` first. */
  addressed({ topic, records }: TeamBatch): TeamBatch {
    if (this.#database === undefined) throw new Error('the team topics were not checked')
    const to = this.topicOf(topic)
    const addressed = records.map((record) => ({ ...record, topic: to }))
    return { topic: to, records: addressed, headers: { [databaseHeader]: this.#database.id } }
  }

  /** The team's topic for a topic in the outbox. */
  topicOf(topic: string): string {
    const kind = teamTopicKind(teamTopics(), topic)
    return kind ? teamTopics(this.#deps.team)[kind] : topic
  }

  /**
   * Runs in the transaction that holds the relay lock.
   * @param publish writes one batch
   * @returns the differences, to be logged after the commit; `undefined` without any
   * @throws ForeignTopicsError if another database publishes to these topics
   */
  async check(db: Db, publish: (batch: TeamBatch) => Promise<void>): Promise<ComparisonResult | undefined> {
    const { now } = this.#deps
    const own = (this.#database = await readTeamDatabase(db))
    const found = await compareWithPublished(db, await this.#readOwnTopics(own, publish), now())
    await markCompared(db)
    if (!isRestored(found)) return undefined
    const actor = { accountId: null, username: 'ReMo' }
    const action = 'database.restored' as const
    await writeAudit(db, {
      actor,
      action,
      subject: own.id,
      after: { ...countsOf(found), ...firstIds(found) },
      requestId: 'outbox',
    })
    return found
  }

  /** Logs the differences, after the commit. */
  report(found: ComparisonResult): void {
    this.#deps.log.warn('the database is older than what it published: it was restored from a backup', {
      ...countsOf(found),
      first: firstIds(found),
    })
  }

  async #readOwnTopics(own: TeamDatabase, publish: (batch: TeamBatch) => Promise<void>): Promise<PublishedRecords> {
    let published = await this.#readTopics()
    let ownership = ownershipOf(published, own)
    if (ownership.kind === 'unclaimed') {
      // The tombstone of an alert that no console knows: the only record without effect on any version of ReMo.
      const topic = teamTopics().alerts
      await publish(this.addressed({ topic, records: [{ topic, key: own.id, value: null, at: this.#deps.now() }] }))
      published = await this.#readTopics()
      ownership = ownershipOf(published, own)
    }
    if (ownership.kind !== 'foreign') return published
    throw new ForeignTopicsError(foreignSentence(ownership, teamTopics(this.#deps.team), own))
  }

  async #readTopics(): Promise<PublishedRecords> {
    const { team, read } = this.#deps
    const topics = teamTopics(team)
    const published = new PublishedRecords()
    await read({
      topics: Object.values(topics),
      each: (record) => published.add(teamTopicKind(topics, record.topic) as TeamTopicKind, record),
    })
    return published
  }
}

function countsOf(found: ComparisonResult): Record<keyof ComparisonResult, number> {
  const counts = Object.entries(found).map(([name, ids]: [string, string[]]) => [name, ids.length])
  return Object.fromEntries(counts) as Record<keyof ComparisonResult, number>
}

/** The first ids: a log line or an audit entry has no room for all. */
function firstIds(found: ComparisonResult): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, ids]: [string, string[]]) =>
      ids.length > 0 ? [[`${name}First`, ids.slice(0, 10)]] : [],
    ),
  )
}
