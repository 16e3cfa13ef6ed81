import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { WebhookMessage } from '#shared/notification/webhook-message.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { Severity } from '#shared/rule/rule.ts'
import type { ShownRow } from '../../src-backend/consoles/repo.ts'
import { noteHeartbeat } from '../../src-backend/consoles/service.ts'
import {
  createSecondChannel,
  type SecondChannel,
  type SecondChannelDeps,
} from '../../src-backend/second-channel/second-channel.ts'
import { webhookTarget } from '../../src-backend/second-channel/target.ts'
import type { WebhookFormat } from '#shared/rest/second-channel.ts'
import { nullLog } from '../support/null-log.ts'
import { testDatabase } from '../support/test-database.ts'
import { openAlert } from './open-alert.ts'
import { type WebhookReceiver, webhookReceiver } from './webhook-receiver.ts'

interface ChannelOptions extends Partial<Pick<SecondChannelDeps, 'afterMinutes' | 'team' | 'log' | 'now'>> {
  readonly pool: Pool
  readonly url: string
  readonly format?: WebhookFormat
  readonly secret?: string
}

/** The second channel of one replica. Its rounds are run by the test. */
export function channelTo({ pool, url, format = 'json', secret, ...change }: ChannelOptions): SecondChannel {
  return createSecondChannel({
    pool,
    target: webhookTarget(url, { format, secret }),
    team: '',
    afterMinutes: 5,
    version: '0.2.0',
    log: nullLog,
    now: Date.now,
    ...change,
  })
}

/** Moves everything that the channel has stored into the past: as if this time had passed. */
export async function pass(pool: Pool, { seconds }: { readonly seconds: number }): Promise<void> {
  const columns: Readonly<Record<string, readonly string[]>> = {
    second_channel: ['on_since', 'last_run_at', 'message_made_at'],
    second_channel_alert: ['counted_from'],
    webhook_message: ['created_at', 'next_at', 'claimed_until', 'delivered_at', 'problem_at', 'given_up_at'],
    console: ['last_seen_at', 'connected_since'],
  }
  for (const [table, names] of Object.entries(columns)) {
    const set = names.map((name) => `${name} = ${name} - $1::float8 * interval '1 second'`)
    await pool.query(`update ${table} set ${set.join(', ')}`, [seconds])
  }
}

export interface ChannelSteps {
  readonly pool: Pool
  receiver: WebhookReceiver
  /** The replica of `run` and `round`. */
  channel: SecondChannel
  replica(url?: string): SecondChannel
  /** A critical alert of `node-<n>`, or a newer version of it. */
  open(n: number, change?: Partial<NodeAlert>): Promise<NodeAlert>
  resolve(n: number): Promise<NodeAlert>
  /** A console of a new user reports that it showed the alert. */
  show(n: number, severity?: Severity): Promise<void>
  run(): Promise<void>
  /** One round, after this time has passed. */
  round(seconds: number): Promise<void>
  /** The round that sees new alerts, and the one five minutes later. */
  fiveMinutes(): Promise<void>
  /** In the format `json`, with usual spaces: those between a number and its unit are narrow. */
  messages(): WebhookMessage[]
  /** The alerts of each message: `node-1 firing`. */
  named(): string[][]
  end(): Promise<void>
}

/** A database, a receiver, and a channel that is on: it had its first round. */
export async function channelSteps(): Promise<ChannelSteps> {
  const database = await testDatabase()
  const { pool } = database
  const receiver = await webhookReceiver()
  const replica = (url = `${receiver.origin}/hook`): SecondChannel => channelTo({ pool, url })
  const steps: ChannelSteps = {
    pool,
    receiver,
    channel: replica(),
    replica,
    open: (n, change) => openAlert(pool, { id: anId(n), nodeId: `node-${n}`, openedAt: 1_120_000 + n, ...change }),
    resolve: (n) =>
      steps.open(n, { phase: 'resolved', resolvedAt: 1_490_000 + n, resolvedValue: 71, resolveReason: 'cleared' }),
    show: (n, severity = 'critical') => show(pool, { alertId: anId(n), severity, at: 0 }),
    run: () => steps.channel.runOnce(),
    round: async (seconds) => {
      await pass(pool, { seconds })
      await steps.run()
    },
    fiveMinutes: async () => {
      await steps.run()
      await steps.round(301)
    },
    messages: () => steps.receiver.received.map(({ body }) => messageOf(body)),
    named: () => steps.messages().map(({ alerts }) => alerts.map(({ nodeId, status }) => `${nodeId} ${status}`)),
    end: async () => {
      await steps.receiver.close()
      await database.end()
    },
  }
  await steps.run()
  return steps
}

const messageOf = (body: string): WebhookMessage => WebhookMessage.parse(JSON.parse(body.replaceAll('\u202f', ' ')))

async function show(pool: Pool, shown: ShownRow): Promise<void> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into account (username, username_key, email, email_key, password_hash, role)
     values ('v', gen_random_uuid(), 'v', gen_random_uuid(), 'none', 'viewer') returning id`,
  )
  const about = { name: 'desk', version: '0.2.0', startedAt: 0, health: 'live', doNotDisturbUntil: undefined } as const
  const actor = { accountId: rows[0]?.id ?? 0 }
  await noteHeartbeat(pool, { id: randomUUID(), ...about, shown: [shown], now: Date.now() }, actor)
}
