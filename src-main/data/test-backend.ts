import type { Alert } from '#shared/alert/alert.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { teamTopics } from '#shared/sync/team-topics.ts'
import { databaseHeader } from '#shared/sync/team-topics.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import type { TestEngine } from './test-engine.ts'

/** A backend as a console knows it: by the records of its two topics, which a test may let it read again. */
export class TestBackend {
  readonly #fixture: TestEngine
  readonly #logs: Record<'rules' | 'alerts', RawRecord[]> = { rules: [], alerts: [] }
  readonly #versions = new Map<string, number>()
  /** Id that its records carry; absent: those of 0.1.0. */
  database: string | undefined

  constructor(fixture: TestEngine) {
    this.#fixture = fixture
  }

  publishRule(rule: Rule, earlier: readonly Rule[] = []): void {
    this.publish('rules', rule.id, { rule, earlier })
  }

  /** The next version of the alert. */
  publishAlert(alert: Alert): void {
    const version = (this.#versions.get(alert.id) ?? 0) + 1
    this.#versions.set(alert.id, version)
    this.publish('alerts', alert.id, { version, alert })
  }

  /** `null`: a tombstone; text goes as it is. */
  publish(about: 'rules' | 'alerts', key: string, content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    const value = content === null ? null : Buffer.from(text)
    const log = this.#logs[about]
    const headers = this.database === undefined ? {} : { headers: { [databaseHeader]: Buffer.from(this.database) } }
    log.push({ offset: log.length, timestamp: this.#fixture.now, key: Buffer.from(key), value, ...headers })
    this.#read(about, log.slice(-1))
  }

  /** Everything is published once more, as by a backend that crashed before it noted that it had. */
  publishAgain(about: 'rules' | 'alerts'): void {
    const log = this.#logs[about]
    const again = log.map((record, i) => ({ ...record, offset: log.length + i }))
    log.push(...again)
    this.#read(about, again)
  }

  /** The topic was made anew: the console reads this other log from its beginning. */
  startOver(about: 'rules' | 'alerts'): void {
    const topic = teamTopics()[about]
    const next = this.#logs[about].length
    this.#logs[about] = []
    this.#versions.clear()
    const gap = { topic, partition: 0, from: next, to: next, reason: 'made anew', at: this.#fixture.now }
    const resumeFrom = { topic, partition: 0, next: 0, last: null }
    this.#fixture.engine.handlers.gap(gap, resumeFrom, { ...resumeFrom, next })
  }

  #read(about: 'rules' | 'alerts', records: readonly RawRecord[]): void {
    const end = this.#logs[about].length
    this.#fixture.engine.handlers.batch({ topic: teamTopics()[about], partition: 0, records, end })
  }
}
