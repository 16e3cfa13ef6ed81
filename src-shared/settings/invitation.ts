import { z } from 'zod'
import { schemaMessage } from '../format/schema-message.ts'
import type { Connection } from './connection.ts'
import { connectionColors, Invitation, saslMechanisms, securityProtocols } from './connection.ts'
import { defaultStartAt, StartAtText } from './start-at.ts'
import type { StartAt } from './start-at.ts'

/**
 * An invitation is a connection for a colleague: a link, or a file with such a link as its only line.
 *
 * `remo://connect?name=Production&brokers=kafka-1:9093,kafka-2:9093&protocol=SASL_SSL&mechanism=SCRAM-SHA-512`
 *
 * | parameter | field |
 * |---|---|
 * | `name`, `brokers` | required; brokers are separated by commas |
 * | `label`, `color`, `topics`, `protocol`, `mechanism`, `team`, `rack` | as in settings.json |
 * | `startAt` | `latest`, `earliest`, or a duration such as `60m` |
 * | `backend` | address of the backend |
 * | `ca` | PEM text of the authorities |
 *
 * Any program and any page can open such a link, so it is not trusted: it is shown in the form, and a person saves it.
 * It has no secret, no user name, no path, and cannot switch off the verification of certificates.
 */
export const invitationScheme = 'remo://connect'

/** `problem`: one sentence. */
export type ReadInvitation =
  { readonly ok: true; readonly invitation: Invitation } | { readonly ok: false; readonly problem: string }

/** Longest text, in characters: a link with a bundle of a few authorities. */
const longest = 65_536

const secretNames = /^(?:password|passwd|secret|token|key|key[-_.]?(?:pasted|text|file)|credentials?)$/i
const pathNames = /^(?:cert|ca[-_.]?file|cert[-_.]?file|file|folder|path|data[-_.]?dir)$/i

const Parameters = z.object({
  name: Invitation.shape.name,
  brokers: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .pipe(Invitation.shape.brokers),
  label: Invitation.shape.label,
  color: z.enum(connectionColors).default('gray'),
  topics: Invitation.shape.topics,
  protocol: z.enum(securityProtocols).default('PLAINTEXT'),
  mechanism: z.enum(saslMechanisms).default('PLAIN'),
  startAt: StartAtText.optional(),
  backend: Invitation.shape.backendUrl,
  team: Invitation.shape.team,
  rack: Invitation.shape.rack,
  ca: z.string().max(longest).optional(),
})

/** The link for a colleague. `caText`: the authorities, if the connection has its own. */
export function invitationLink(connection: Connection, caText: string | undefined): string {
  const { name, label, color, brokers, topics, protocol, mechanism, startAt, backendUrl, team, rack } = connection
  const isSasl = protocol.startsWith('SASL')
  const parameters: ReadonlyArray<readonly [string, string | undefined]> = [
    ['name', name],
    ['brokers', brokers.join(',')],
    ['label', label],
    ['color', color === 'gray' ? undefined : color],
    ['topics', topics === '^metrics-' ? undefined : topics],
    ['protocol', protocol === 'PLAINTEXT' ? undefined : protocol],
    ['mechanism', isSasl ? mechanism : undefined],
    ['startAt', startText(startAt)],
    ['backend', backendUrl === undefined ? undefined : withoutUser(backendUrl)],
    ['team', team],
    ['rack', rack],
    ['ca', caText === undefined ? undefined : certificatesIn(caText)],
  ]
  const query = parameters.flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`${key}=${readable(value)}`],
  )
  return `${invitationScheme}?${query.join('&')}`
}

/** Reads a link, or the content of an invitation file. */
export function readInvitation(text: string): ReadInvitation {
  const link = text.replace(/^\uFEFF/, '').trim()
  if (link.length > longest) return wrong('This is too long for an invitation.')
  const match = /^remo:\/\/connect\/?(?:\?(\S*))?$/i.exec(link)
  if (!match) return wrong('This is no invitation. An invitation begins with remo://connect.')
  const parameters = parametersOf(match[1] ?? '')
  if (parameters === undefined) return wrong('The link of the invitation is damaged. Ask for it again.')
  const problem = forbidden(parameters)
  if (problem !== undefined) return wrong(problem)
  const parsed = Parameters.safeParse(Object.fromEntries(parameters), { error: schemaMessage })
  if (!parsed.success) return wrong(issueText(parsed.error.issues[0]))
  const { ca, startAt = defaultStartAt, backend: backendUrl, ...fields } = parsed.data
  return {
    ok: true,
    invitation: {
      ...fields,
      startAt,
      username: '',
      verify: true,
      ...(backendUrl === undefined ? {} : { backendUrl }),
      ...(ca === undefined ? {} : { ca: { text: ca } }),
    },
  }
}

function wrong(problem: string): ReadInvitation {
  return { ok: false, problem }
}

/** `undefined`: a wrong escape, or a parameter that is there twice. */
function parametersOf(query: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    try {
      const key = decodeURIComponent(at < 0 ? part : part.slice(0, at))
      if (parameters.has(key)) return undefined
      parameters.set(key, at < 0 ? '' : decodeURIComponent(part.slice(at + 1).replaceAll('+', '%20')))
    } catch {
      return undefined
    }
  }
  return parameters
}

/** What an invitation must not have. Other unknown parameters are of a newer ReMo, and have no effect. */
function forbidden(parameters: ReadonlyMap<string, string>): string | undefined {
  for (const name of parameters.keys()) {
    if (secretNames.test(name)) return 'The invitation holds a secret. Passwords and keys never belong into a link.'
    if (pathNames.test(name)) return 'The invitation names a file on this computer. ReMo does not read it.'
  }
  const ca = parameters.get('ca')
  if (ca !== undefined && /PRIVATE KEY-----/.test(ca))
    return 'The invitation holds a secret. Passwords and keys never belong into a link.'
  if (ca !== undefined && certificatesIn(ca) === '')
    return 'The invitation has no certificate in its field ca, which must be PEM text.'
  const backend = parameters.get('backend')
  if (backend !== undefined && backend !== withoutUser(backend))
    return 'The invitation holds a secret. Passwords and keys never belong into a link.'
  return undefined
}

function issueText(issue: z.core.$ZodIssue | undefined): string {
  const [field = 'invitation'] = issue?.path ?? []
  return `The invitation has a wrong value in ${String(field)}: ${issue?.message ?? 'not valid'}.`
}

function withoutUser(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1')
}

function certificatesIn(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  return blocks.length === 0 ? '' : `${blocks.join('\n')}\n`
}

function startText(startAt: StartAt): string | undefined {
  if (startAt.kind === 'latest') return 'latest'
  if (startAt.kind === 'beginning') return 'earliest'
  const isDefault = defaultStartAt.kind === 'minutes' && startAt.minutes === defaultStartAt.minutes
  return isDefault ? undefined : `${startAt.minutes}m`
}

/** Escapes, but leaves what people read in an address. */
function readable(value: string): string {
  return encodeURIComponent(value).replace(/%(?:3A|2C|2F|5E|24)/gi, (escape) => decodeURIComponent(escape))
}
