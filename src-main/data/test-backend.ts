import type { NodeAlert } from '#shared/alert/alert.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { teamTopics } from '#shared/team/team-topics.ts'
import { databaseHeader } from '#shared/team/team-topics.ts'
import { aRun } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import type { TestEngine } from './test-engine.ts'

/** A backend as a console sees it: the records of its two topics, which a test may deliver again. */
export class TestBackend {
  readonly #fixture: TestEngine
  readonly #logs: Record<'rules' | 'alerts', RawRecord[]> = { rules: [], alerts: [] }
  readonly #versions = new Map<string, number>()
  /** Database id in its record headers; absent: as 0.1.0 wrote them. */
  database: string | undefined

  constructor(fixture: TestEngine) {
    this.#fixture = fixture
  }

  publishRule(rule: Rule, earlier: readonly Rule[] = []): void {
    this.publish('rules', rule.id, { rule, earlier })
  }

  /** The next version of the alert. */
  publishAlert(alert: NodeAlert): void {
    const version = (this.#versions.get(alert.id) ?? 0) + 1
    this.#versions.set(alert.id, version)
    this.publish('alerts', alert.id, { version, alert })
  }

  /** `null`: a tombstone. A string is published as it is. */
  publish(about: 'rules' | 'alerts', key: string, content: unknown): void {
    this.publishTogether(about, [[key, content]])
  }

  /** Records that the console reads in one fetch. */
  publishTogether(about: 'rules' | 'alerts', records: ReadonlyArray<readonly [key: string, content: unknown]>): void {
    const log = this.#logs[about]
    const headers = this.database === undefined ? {} : { headers: { [databaseHeader]: Buffer.from(this.database) } }
    for (const [key, content] of records) {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      const value = content === null ? null : Buffer.from(text)
      log.push({ offset: log.length, timestamp: this.#fixture.now, key: Buffer.from(key), value, ...headers })
    }
    this.#read(about, log.slice(-records.length))
  }

  /** Publishes everything again, like a backend that crashed before it deleted its outbox rows. */
  publishAgain(about: 'rules' | 'alerts'): void {
    const log = this.#logs[about]
    const again = log.map((record, i) => ({ ...record, offset: log.length + i }))
    log.push(...again)
    this.#read(about, again)
  }

  /** Recreates the topic: the console reads the new log from its beginning. */
  startOver(about: 'rules' | 'alerts'): void {
    const topic = teamTopics()[about]
    const next = this.#logs[about].length
    this.#logs[about] = []
    this.#versions.clear()
    const gap = { topic, partition: 0, from: next, to: next, reason: 'recreated', at: this.#fixture.now }
    const resumeFrom = { topic, partition: 0, next: 0, last: null }
    void this.#fixture.engine.handlers.gap(gap, resumeFrom, { ...resumeFrom, next })
  }

  #read(about: 'rules' | 'alerts', records: readonly RawRecord[]): void {
    const end = this.#logs[about].length
    const batch = { topic: teamTopics()[about], partition: 0, runs: [aRun(records)], next: end, end }
    void this.#fixture.engine.handlers.batches([batch])
  }
}
