import { z } from 'zod'
import { ConsoleItem } from '../rest/consoles.ts'
import { SecondChannel, testSecondChannelOperation } from '../rest/second-channel.ts'
import { nothing } from './fields.ts'

/** The backend is of a version before consoles and the second channel. */
const olderBackend = z.strictObject({ kind: z.literal('older-backend') })

/** Consoles of the team. */
export const ConsolesView = z.discriminatedUnion('kind', [
  olderBackend,
  z.strictObject({
    kind: z.literal('consoles'),
    /** By name. */
    consoles: z.array(ConsoleItem),
    /** There are more. */
    hasMore: z.boolean(),
    /** The id of this console in the list, together with its user; `null` while it is unknown. */
    ownId: z.uuid().nullable(),
  }),
])
export type ConsolesView = z.infer<typeof ConsolesView>

export const SecondChannelView = z.discriminatedUnion('kind', [
  olderBackend,
  z.strictObject({ kind: z.literal('channel'), channel: SecondChannel }),
])
export type SecondChannelView = z.infer<typeof SecondChannelView>

/** Calls about the consoles of the team, and how the backend says that none of them showed a critical alert. */
export const consoleCalls = {
  'consoles.list': { request: nothing, reply: ConsolesView },
  'secondChannel.get': { request: nothing, reply: SecondChannelView },
  /** For administrators. What the receiver answered. */
  'secondChannel.test': { request: nothing, reply: testSecondChannelOperation.ok.body },
}
