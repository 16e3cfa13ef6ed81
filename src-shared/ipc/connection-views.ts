import { z } from 'zod'
import { Connection, ConnectionId, ConnectionOrigin, ConnectionSecrets, PemSource } from '../settings/connection.ts'

/** What marks the connection in use in the frame of the window. */
export const ConnectionMark = z.strictObject({
  id: ConnectionId,
  name: z.string(),
  label: z.string(),
  color: Connection.shape.color,
  origin: ConnectionOrigin,
  /** The password is neither configured nor in a keychain that answers: ReMo reads nothing until it is typed. */
  needsPassword: z.boolean(),
})
export type ConnectionMark = z.infer<typeof ConnectionMark>

/** A connection in the form: its `id` is absent until it is saved. */
export const DraftConnection = Connection.partial({ id: true }).extend({ secrets: ConnectionSecrets.optional() })
export type DraftConnection = z.infer<typeof DraftConnection>

/** One row of the list of connections. */
export const ConnectionItem = z.strictObject({
  connection: Connection,
  origin: ConnectionOrigin,
  inUse: z.boolean(),
  /** Fields that a variable fixes, with its name. Such a field cannot be changed here. */
  fixed: z.record(z.string(), z.string()),
  /** Whether secrets are stored; they never reach the page. */
  hasPassword: z.boolean(),
  /** Nodes in its cache; absent if that cache was never opened in this run. */
  nodes: z.number().optional(),
})
export type ConnectionItem = z.infer<typeof ConnectionItem>

/** All connections, the one in use included. */
export const ConnectionsView = z.strictObject({
  items: z.array(ConnectionItem),
  /** Why another connection cannot be used now, one sentence: `--profile` chose it, or the demo runs. */
  switchProblem: z.string().optional(),
  /** Why secrets are not in a keychain, one sentence. */
  keychainProblem: z.string().optional(),
})
export type ConnectionsView = z.infer<typeof ConnectionsView>

/** `secrets` of an absent field: the stored one is used. */
export const TestRequest = z.strictObject({ draft: DraftConnection })

/** What to check: `cert` is the certificate that a key must fit. */
export const PemRequest = z.strictObject({
  kind: z.enum(['ca', 'cert', 'key']),
  source: PemSource,
  cert: PemSource.optional(),
})
export type PemRequest = z.infer<typeof PemRequest>

/** Facts of a PEM for display, or one sentence about what is wrong. Times in epoch ms. */
export const PemFacts = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    subject: z.string().optional(),
    issuer: z.string().optional(),
    until: z.number().optional(),
    /** Not wrong, but to be known: it expires soon, or has expired. */
    warning: z.string().optional(),
  }),
  z.strictObject({ ok: z.literal(false), problem: z.string() }),
])
export type PemFacts = z.infer<typeof PemFacts>
