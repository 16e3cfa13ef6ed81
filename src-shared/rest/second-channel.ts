import { z } from 'zod'
import { defineOperation } from './operation.ts'
import { EpochMs } from './fields.ts'

/** What the receiver of the webhook expects. */
export const WebhookFormat = z.enum(['json', 'ntfy', 'slack', 'alertmanager'])
export type WebhookFormat = z.infer<typeof WebhookFormat>

/** Configuration and state. The address can contain a secret, so only its host is here. Times: epoch ms. */
export const SecondChannel = z.strictObject({
  /** Whether an address is set. */
  enabled: z.boolean(),
  format: WebhookFormat.nullable(),
  /** `https://ntfy.sh` */
  host: z.string().nullable(),
  /** Whether messages have a signature. */
  signed: z.boolean(),
  /** How long a critical alert fires, shown on no console and acknowledged by nobody, before a message is sent. */
  afterMinutes: z.int(),
  /** Alerts that opened before it count as known: no message is sent for them. */
  since: EpochMs.nullable(),
  /** Messages that are not delivered yet. */
  waiting: z.int(),
  /** The last message that the receiver accepted. */
  lastDelivery: z.strictObject({ at: EpochMs, alerts: z.int() }).nullable(),
  /** The last attempt that failed, if no message was delivered after it. `givenUp`: it is not tried again. */
  lastProblem: z.strictObject({ at: EpochMs, problem: z.string(), givenUp: z.boolean() }).nullable(),
})
export type SecondChannel = z.infer<typeof SecondChannel>

export const secondChannelOperation = defineOperation({
  method: 'get',
  path: '/api/second-channel',
  access: 'viewer',
  tag: 'second-channel',
  summary: 'The webhook for critical alerts that no console showed: configuration and last delivery',
  ok: { status: 200, body: SecondChannel },
  errors: [],
})

export const testSecondChannelOperation = defineOperation({
  method: 'post',
  path: '/api/second-channel/test',
  access: 'admin',
  tag: 'second-channel',
  summary: 'Send a test message now. The response says what the receiver answered',
  ok: {
    status: 200,
    body: z.strictObject({
      delivered: z.boolean(),
      /** HTTP status of the receiver; `null` if it did not answer. */
      status: z.int().nullable(),
      /** One sentence for the operator. */
      message: z.string(),
      /** The first 500 characters of its answer. */
      answer: z.string(),
      tookMs: z.int(),
    }),
  },
  errors: ['second_channel_off'],
})
