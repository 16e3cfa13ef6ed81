import { z } from 'zod'
import { TeamName } from '../team/team-topics.ts'
import { BrokerAddress } from './broker-address.ts'
import { isRegularExpression } from './is-regular-expression.ts'
import { defaultStartAt, StartAt } from './start-at.ts'

export const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
export const connectionColors = ['red', 'blue', 'green', 'violet', 'gray'] as const

export type SecurityProtocol = (typeof securityProtocols)[number]
export type SaslMechanism = (typeof saslMechanisms)[number]
export type ConnectionColor = (typeof connectionColors)[number]

/** A PEM text, or the path of a file with it. */
export const PemSource = z.union([
  z.object({ file: z.string().min(1, 'expected a path') }),
  z.object({ text: z.string().min(1, 'expected PEM text') }),
])
export type PemSource = z.infer<typeof PemSource>

/** Folder of the connection's cache, and its name for `--profile`. */
export const ConnectionId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'expected up to 40 lower-case letters, digits and dashes')

/**
 * One Kafka with everything that is needed to read it, as settings.json has it (also called a profile). It holds no
 * secret: the password and a pasted key are in the SecretStore.
 */
export const Connection = z.object({
  id: ConnectionId,
  name: z.string().trim().min(1, 'expected a name').max(60),
  /** Beside the name, in the tray and in titles of notifications: `PROD`. Empty: none. */
  label: z.string().trim().max(12).default(''),
  color: z.enum(connectionColors).default('gray'),
  brokers: z.array(BrokerAddress).min(1, 'expected at least one host:port').max(64),
  /** Regular expression for topic names. */
  topics: z
    .string()
    .min(1, 'expected a regular expression such as ^metrics-')
    .refine(isRegularExpression, 'expected a regular expression such as ^metrics-')
    .default('^metrics-'),
  protocol: z.enum(securityProtocols).default('PLAINTEXT'),
  mechanism: z.enum(saslMechanisms).default('PLAIN'),
  username: z.string().max(256).default(''),
  /** The authorities that may sign the brokers' certificates, in place of those of the system. */
  ca: PemSource.optional(),
  /** Client certificate. Its key is a file, or a pasted text in the SecretStore (`keyPasted`). */
  cert: PemSource.optional(),
  key: z.object({ file: z.string().min(1, 'expected a path') }).optional(),
  keyPasted: z.boolean().default(false),
  /** False: the brokers' certificates are not verified. Anybody on the way can then read the password. */
  verify: z.boolean().default(true),
  startAt: StartAt.default(defaultStartAt),
  backendUrl: z.url({ protocol: /^https?$/, error: 'expected a URL that starts with http:// or https://' }).optional(),
  team: TeamName.optional(),
  /** Rack or zone of this computer, as the brokers name theirs. */
  rack: z.string().min(1).max(256).optional(),
})
export type Connection = z.infer<typeof Connection>

/** Secrets of a connection. Only in memory, in the SecretStore, and on the way between them. */
export const ConnectionSecrets = z.object({
  password: z.string().max(4096).optional(),
  /** PEM text of the client certificate's key. */
  key: z.string().max(65_536).optional(),
})
export type ConnectionSecrets = z.infer<typeof ConnectionSecrets>

/** Which fields of a connection a variable can fix. */
export type ConnectionField = Exclude<keyof Connection, 'id'> | 'password'

/**
 * Where the connection in use is from.
 * - `environment`: the variables (KAFKA_BOOTSTRAP_SERVERS is set)
 * - `saved`: settings.json
 * - `unset`: nothing is configured; ReMo looks at localhost:9092
 * - `demo`: simulated servers inside ReMo
 */
export const ConnectionOrigin = z.enum(['environment', 'saved', 'unset', 'demo'])
export type ConnectionOrigin = z.infer<typeof ConnectionOrigin>

/** What an invitation holds: a connection without its secrets and without paths of this computer. */
export const Invitation = Connection.omit({ id: true, cert: true, key: true, keyPasted: true, ca: true }).extend({
  /** The text of the authority: a certificate is public. */
  ca: z.object({ text: z.string() }).optional(),
})
export type Invitation = z.infer<typeof Invitation>

/** An id for a new connection from its name: `Production Zürich` → `production-zurich`; never one of `taken`. */
export function connectionId(name: string, taken: readonly string[]): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  const base = slug.slice(0, 32).replace(/-+$/, '') || 'connection'
  const free = (id: string): boolean => !taken.includes(id) && !reservedIds.includes(id)
  if (free(base)) return base
  for (let number = 2; ; number++) if (free(`${base}-${number}`)) return `${base}-${number}`
}

/** Ids of connections that are not in settings.json. */
export const reservedIds: readonly string[] = ['environment', 'localhost', 'demo']
