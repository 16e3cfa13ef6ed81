import { randomUUID } from 'node:crypto'
import { secondChannelOperation, testSecondChannelOperation } from '#shared/rest/second-channel.ts'
import { writeAudit } from '../audit/service.ts'
import { connectedConsoles } from '../consoles/service.ts'
import type { Db } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import { type ApiCall, type ApiRoute, apiRoute } from '../http/route.ts'
import { testMessage } from './make-message.ts'
import { readState } from './messages-repo.ts'
import type { Attempt } from './retry.ts'
import type { SecondChannel } from './second-channel.ts'
import type { WebhookTarget } from './target.ts'

export interface SecondChannelRoutesDeps {
  /** `undefined`: no address is set. */
  readonly on: { readonly target: WebhookTarget; readonly channel: SecondChannel } | undefined
  readonly afterMinutes: number
  readonly team: string
}

export const secondChannelRoutes = (deps: SecondChannelRoutesDeps): ApiRoute[] => [
  apiRoute(secondChannelOperation, async ({ pool }) => ({ body: await channelItem(pool, deps) })),
  apiRoute(testSecondChannelOperation, async (call) => {
    const { on } = deps
    if (!on)
      throw apiError('second_channel_off', 'Set NOTIFY_WEBHOOK_URL on the backend to turn the second channel on.')
    const message = await testOf(call, deps)
    const began = performance.now()
    const attempt = await on.channel.sendNow(message)
    return { body: { ...testResult(attempt, on.target), tookMs: Math.round(performance.now() - began) } }
  }),
]

async function channelItem(db: Db, { on, afterMinutes }: SecondChannelRoutesDeps) {
  const { since, waiting, lastDelivery, lastProblem } = await readState(db)
  return {
    enabled: on !== undefined,
    format: on?.target.format ?? null,
    host: on?.target.url.origin ?? null,
    signed: on?.target.secret !== undefined,
    afterMinutes,
    ...(on === undefined ? { since: null, waiting: 0 } : { since, waiting }),
    lastDelivery,
    lastProblem,
  }
}

/** The audit has it before it is sent: a person must not send anything without a trace. */
async function testOf(call: ApiCall<typeof testSecondChannelOperation>, { on, ...facts }: SecondChannelRoutesDeps) {
  const { actor, now, requestId, tx } = call
  return tx(async (db) => {
    const id = randomUUID()
    const message = testMessage(actor.username, { id, now, ...facts, connectedConsoles: await connectedConsoles(db) })
    const subject = on?.target.url.host ?? ''
    await writeAudit(db, { actor, action: 'second-channel.tested', subject, requestId })
    return message
  })
}

function testResult(attempt: Attempt, { url }: WebhookTarget) {
  const { status = null, answer } = attempt
  if (attempt.kind !== 'delivered') return { delivered: false, status, message: attempt.problem, answer }
  return { delivered: true, status, message: `${url.host} accepted the test message (${status}).`, answer }
}
