import type { Pool } from 'pg'
import { alertCodec, alertEventCodec } from '#shared/codec/domain-codecs.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { metricOfRule, type Rule } from '#shared/rule/rule.ts'
import { acknowledgeAlert } from '../../src-backend/alerts/service.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { AssignedPartitions } from '../../src-backend/ingest/assigned-partitions.ts'
import { NoDataEvaluator } from '../../src-backend/ingest/no-data-evaluator.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import { nullLog } from '../support/null-log.ts'
import type { Message, Scenario } from './scenario-file.ts'
import { inOrder, timelineLine } from './timeline-lines.ts'

const topic = 'scenario'
const partition = 0
/** A node of its own that goes on sending: a log without new records proves nothing. */
const going = 'going'

/** What one replica of the backend stores in an empty database. */
export class BackendRun {
  readonly #pool: Pool
  readonly #startAt = Math.floor(Date.now() / 1000) * 1000
  readonly #partitions = new AssignedPartitions()
  readonly #noData: NoDataEvaluator
  readonly #writer: IngestWriter
  #now = this.#startAt
  #next = 0

  constructor(pool: Pool) {
    this.#pool = pool
    const rules = new RuleIndexCache()
    const partitions = this.#partitions
    const noData = new NoDataEvaluator({ pool, rules, partitions, transitions: () => undefined, log: nullLog })
    const ensure = (starts: readonly number[]): Promise<void> => ensurePartitions(pool, starts)
    this.#noData = noData
    this.#writer = new IngestWriter({
      pool,
      caches: { rules, layouts: new Layouts(), days: new DayPartitions({ ensure, rawDays: 14, now: Date.now }) },
      counters: { transaction: () => undefined },
      committed: ({ outcomes, nodes }) => {
        for (const { position } of outcomes) partitions.moveTo(position)
        partitions.received({ topic, partition }, undefined, this.#now)
        noData.recordsStored(nodes, this.#now)
      },
    })
    partitions.assign([{ topic, partition }])
  }

  async run(scenario: Scenario): Promise<void> {
    for (const rule of scenario.rules(this.#startAt)) await storeRule(this.#pool, rule)
    for (let second = 0; second <= scenario.until; second++) {
      this.#now = this.#startAt + second * 1000
      const due = scenario.messages.filter((message) => message.second === second)
      const heartbeat = second % 5 === 0 ? [{ second, node: going, metrics: { up: 1 } }] : []
      if (due.length + heartbeat.length > 0) await this.#write([...heartbeat, ...due])
      await this.#act(scenario, second)
      this.#partitions.setEnds([{ topic, partition, start: 0, end: this.#next }], this.#now)
      await this.#noData.tick(this.#now)
    }
  }

  async lines(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ alert: unknown; event: unknown }>(
      `select alert.alert, event from alert_event join alert on alert.id = alert_id
       order by alert_event.id limit 10000`,
    )
    return inOrder(
      rows.map(({ alert, event }) => {
        const read = { alert: alertCodec.decode(alert), event: alertEventCodec.decode(event) }
        if (!read.alert.ok || !read.event.ok) throw new Error(`unreadable: ${JSON.stringify(event)}`)
        const { value } = read.event
        return { at: value.at, line: timelineLine(value, read.alert.value, this.#startAt) }
      }),
    )
  }

  async #write(messages: readonly Message[]): Promise<void> {
    const timestamp = this.#now
    const records = messages.map(({ node, metrics }) => {
      const content = { node_id: node, node_name: node, timestamp: new Date(timestamp).toISOString(), metrics }
      return { offset: this.#next++, timestamp, value: Buffer.from(JSON.stringify(content)) }
    })
    const batch = ingestBatchOf(
      aRawBatch({ topic, partition, records }),
      this.#partitions.position(topic, partition),
      new SampleScanner(),
    )
    if (batch) await this.#writer.write(batch)
  }

  async #act({ acknowledge }: Scenario, second: number): Promise<void> {
    for (const { at, node, metric, by, end } of acknowledge) {
      if (at !== second) continue
      const { rows } = await this.#pool.query<{ id: string }>(
        `select id from alert where phase = 'firing' and node_id = $1 and alert ->> 'metric' = $2 limit 2`,
        [node, metric],
      )
      const id = rows[0]?.id
      if (id === undefined) throw new Error(`no alert of ${node} ${metric} fires at ${second} s`)
      const until = end === undefined ? undefined : this.#now + end * 1000
      const actor = { accountId: 1, username: by, role: 'operator', familyId: '' } as const
      const author = { actor, now: this.#now, requestId: 'scenario' }
      await withTx(this.#pool, (tx) => acknowledgeAlert(tx, { id, comment: '', at: this.#now, until }, author))
    }
  }
}

async function storeRule(pool: Pool, rule: Rule): Promise<void> {
  const { id, version, scope, deleted } = rule
  const nodeId = scope.kind === 'node' ? scope.nodeId : null
  await pool.query(
    `insert into rule (id, node_id, metric, version, deleted) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set version = excluded.version, deleted = excluded.deleted`,
    [id, nodeId, metricOfRule(rule), version, deleted],
  )
  await pool.query('insert into rule_version (rule_id, version, rule) values ($1, $2, $3)', [id, version, rule])
}
