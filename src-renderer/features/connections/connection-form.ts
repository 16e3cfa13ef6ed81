import { parseDuration } from '#shared/format/duration.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import { parseBrokers } from '#shared/settings/broker-list.ts'
import { needsPassword } from '#shared/settings/connection-access.ts'
import {
  Connection,
  type ConnectionColor,
  type ConnectionField,
  type PemSource,
  type SaslMechanism,
  type SecurityProtocol,
} from '#shared/settings/connection.ts'
import { defaultStartAt, StartAt } from '#shared/settings/start-at.ts'

/** A certificate or key as given. `stored`: the pasted key that ReMo already has; it never reaches the page. */
export type PemInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'stored' }

export type PemKind = 'ca' | 'cert' | 'key'

/** The fields as typed. */
export interface ConnectionForm {
  readonly name: string
  readonly label: string
  readonly color: ConnectionColor
  readonly brokers: string
  readonly protocol: SecurityProtocol
  readonly mechanism: SaslMechanism
  readonly username: string
  /** Empty: the stored one. */
  readonly password: string
  readonly ca: PemInput
  readonly cert: PemInput
  readonly key: PemInput
  readonly verify: boolean
  readonly topics: string
  readonly startAt: StartAt['kind']
  /** Of `minutes`: a duration such as `60m`. */
  readonly startFor: string
  readonly backendUrl: string
  readonly team: string
  readonly rack: string
}

export type FormField = keyof ConnectionForm
export type FormProblems = Partial<Record<FormField, string>>

/** In reading order: the first wrong one gets the focus. */
const fieldOrder: readonly FormField[] = [
  'name',
  'label',
  'color',
  'brokers',
  'protocol',
  'mechanism',
  'username',
  'password',
  'ca',
  'cert',
  'key',
  'verify',
  'topics',
  'startAt',
  'startFor',
  'backendUrl',
  'team',
  'rack',
]

/** The field that gets the focus. */
export function firstWrong(problems: FormProblems): FormField | undefined {
  return fieldOrder.find((field) => problems[field] !== undefined)
}

const none: PemInput = { kind: 'none' }

export const newConnectionForm: ConnectionForm = {
  name: '',
  label: '',
  color: 'gray',
  brokers: '',
  protocol: 'PLAINTEXT',
  mechanism: 'PLAIN',
  username: '',
  password: '',
  ca: none,
  cert: none,
  key: none,
  verify: true,
  topics: Connection.shape.topics.parse(undefined),
  ...startFields(defaultStartAt),
  backendUrl: '',
  team: '',
  rack: '',
}

/** The fields of a saved connection, or of an invitation. */
export function formOf(draft: DraftConnection): ConnectionForm {
  const { name, label, color, brokers, protocol, mechanism, username, topics, verify } = draft
  return {
    ...{ name, label, color, protocol, mechanism, username, topics, verify },
    brokers: brokers.join(', '),
    password: draft.secrets?.password ?? '',
    ca: pemInput(draft.ca),
    cert: pemInput(draft.cert),
    key: draft.keyPasted ? { kind: 'stored' } : pemInput(draft.key),
    ...startFields(draft.startAt),
    backendUrl: draft.backendUrl ?? '',
    team: draft.team ?? '',
    rack: draft.rack ?? '',
  }
}

/** What is known besides the fields. */
export interface FormContext {
  /** Of the saved connection; absent for a new one. */
  readonly id?: string
  /** A password is stored. */
  readonly hasPassword: boolean
  /** Fields that a variable fixes, with its name: they are not checked. */
  readonly fixed: Readonly<Partial<Record<string, string>>>
  /** Names of the other connections. */
  readonly names: readonly string[]
  /** Save anyway: ReMo asks for a missing password later. */
  readonly withoutSecrets?: boolean
}

export type ReadForm =
  { readonly ok: true; readonly draft: DraftConnection } | { readonly ok: false; readonly problems: FormProblems }

/** Reads the fields. A problem is one sentence that says what is expected. */
export function readForm(form: ConnectionForm, context: FormContext): ReadForm {
  const problems: FormProblems = {}
  for (const field of fieldOrder) {
    const problem = context.fixed[settingOf[field] ?? field] === undefined ? checks[field]?.(form, context) : undefined
    if (problem !== undefined) problems[field] = problem
  }
  if (firstWrong(problems) !== undefined) return { ok: false, problems }
  return { ok: true, draft: draftOf(form, context) }
}

/** Whether the form looks as it was opened. */
export function isSameForm(a: ConnectionForm, b: ConnectionForm): boolean {
  return fieldOrder.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]))
}

/** What ReMo understood of the typed brokers, if it is not what was typed. Sentences. */
export function brokerNotes(brokers: string): readonly string[] {
  const parsed = parseBrokers(brokers)
  return parsed.ok ? parsed.notes : []
}

export const usesTls = ({ protocol }: Pick<ConnectionForm, 'protocol'>): boolean => protocol.endsWith('SSL')
export const usesSasl = needsPassword

/** The file or text of an input; `undefined` if there is none on this page. */
export function pemSource(input: PemInput): PemSource | undefined {
  if (input.kind === 'file') return { file: input.file.trim() }
  return input.kind === 'text' ? { text: input.text } : undefined
}

/** Typed or pasted text of a certificate field: PEM, or the path of a file. */
export function pemOfText(text: string): PemInput {
  if (text.trim() === '') return none
  return text.includes('-----') || text.trim().includes('\n') ? { kind: 'text', text } : { kind: 'file', file: text }
}

/** The name of a connection that has none: host of its first broker. */
export function nameOfBrokers(brokers: string): string {
  const parsed = parseBrokers(brokers)
  return (parsed.ok ? (parsed.brokers[0] ?? '') : '').replace(/:\d+$/, '').slice(0, 60)
}

/** The field of a connection that these are about, where its name differs. */
const settingOf: Partial<Record<FormField, ConnectionField>> = { startFor: 'startAt' }

type Check = (form: ConnectionForm, context: FormContext) => string | undefined

const checks: Partial<Record<FormField, Check>> = {
  name: ({ name }, { names }) => {
    if (name.trim() === '') return 'Enter a name.'
    if (name.trim().length > 60) return 'Use at most 60 characters.'
    const isTaken = names.some((other) => other.toLowerCase() === name.trim().toLowerCase())
    return isTaken ? 'Another connection has this name.' : undefined
  },
  label: ({ label }) => (label.trim().length > 12 ? 'Use at most 12 characters, such as PROD.' : undefined),
  brokers: ({ brokers }) => {
    const parsed = parseBrokers(brokers)
    return parsed.ok ? undefined : parsed.problem
  },
  username: (form) => (usesSasl(form) && form.username.trim() === '' ? 'Enter the user for SASL.' : undefined),
  password: (form, { hasPassword, withoutSecrets }) =>
    usesSasl(form) && form.password === '' && !hasPassword && !withoutSecrets
      ? 'Enter the password of this user.'
      : undefined,
  cert: (form) =>
    usesTls(form) && form.cert.kind === 'none' && form.key.kind !== 'none'
      ? 'Add the certificate of this key, or remove the key.'
      : undefined,
  key: (form) =>
    usesTls(form) && form.key.kind === 'none' && form.cert.kind !== 'none'
      ? 'Add the key of the client certificate, or remove the certificate.'
      : undefined,
  topics: ({ topics }) =>
    Connection.shape.topics.safeParse(topics === '' ? null : topics).success
      ? undefined
      : 'Enter a regular expression such as ^metrics-.',
  startFor: ({ startAt, startFor }) =>
    startAt !== 'minutes' || readStart(startAt, startFor)
      ? undefined
      : 'Enter a duration in whole minutes, such as 60m or 2h, at most 366d.',
  backendUrl: ({ backendUrl }) =>
    backendUrl.trim() === '' || Connection.shape.backendUrl.safeParse(backendUrl.trim()).success
      ? undefined
      : 'Enter a URL that starts with http:// or https://, or nothing.',
  team: ({ team }) =>
    team.trim() === '' || Connection.shape.team.safeParse(team.trim()).success
      ? undefined
      : 'Use at most 40 letters, digits and dashes.',
  rack: ({ rack }) => (rack.trim().length > 256 ? 'Use at most 256 characters.' : undefined),
}

function draftOf(form: ConnectionForm, { id }: FormContext): DraftConnection {
  const { color, protocol, mechanism, verify, topics, password } = form
  const parsed = parseBrokers(form.brokers)
  const key = form.key.kind === 'text' ? form.key.text : undefined
  const optional = {
    id,
    ca: pemSource(form.ca),
    cert: pemSource(form.cert),
    key: form.key.kind === 'file' ? { file: form.key.file.trim() } : undefined,
    backendUrl: form.backendUrl.trim() || undefined,
    team: form.team.trim() || undefined,
    rack: form.rack.trim() || undefined,
    secrets: password === '' && key === undefined ? undefined : given({ password: password || undefined, key }),
  }
  return {
    ...{ color, protocol, mechanism, verify, topics },
    name: form.name.trim(),
    label: form.label.trim(),
    brokers: parsed.ok ? [...parsed.brokers] : [],
    username: form.username.trim(),
    keyPasted: form.key.kind === 'text' || form.key.kind === 'stored',
    startAt: readStart(form.startAt, form.startFor) ?? defaultStartAt,
    ...given(optional),
  }
}

/** Only the values that are set: absent keys of a strict schema must not be there. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

function startFields(startAt: StartAt): Pick<ConnectionForm, 'startAt' | 'startFor'> {
  const minutes = startAt.kind === 'minutes' ? startAt.minutes : 60
  return { startAt: startAt.kind, startFor: `${minutes}m` }
}

/** A number alone is minutes. */
function readStart(kind: StartAt['kind'], text: string): StartAt | undefined {
  if (kind !== 'minutes') return { kind }
  const ms = parseDuration(/^\s*\d+\s*$/.test(text) ? `${text.trim()}m` : text)
  const parsed = StartAt.safeParse({ kind, minutes: (ms ?? 0) / minuteMs })
  return parsed.success ? parsed.data : undefined
}

function pemInput(source: PemSource | undefined): PemInput {
  if (source === undefined) return none
  return 'file' in source ? { kind: 'file', file: source.file } : { kind: 'text', text: source.text }
}
