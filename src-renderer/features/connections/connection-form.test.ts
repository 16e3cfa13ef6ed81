import { expect, test } from 'vitest'
import { aConnection } from '../../bridge/connection-builders.ts'
import {
  brokerNotes,
  firstWrong,
  formOf,
  isSameForm,
  nameOfBrokers,
  newConnectionForm,
  pemOfText,
  readForm,
  type ConnectionForm,
  type FormContext,
} from './connection-form.ts'

const nothingKnown: FormContext = { hasPassword: false, fixed: {}, names: [] }
const aForm = (change: Partial<ConnectionForm> = {}): ConnectionForm => ({
  ...newConnectionForm,
  name: 'Production',
  brokers: 'kafka-1.example.net:9092',
  ...change,
})
const problemsOf = (change: Partial<ConnectionForm>, context: Partial<FormContext> = {}) => {
  const read = readForm(aForm(change), { ...nothingKnown, ...context })
  return read.ok ? {} : read.problems
}

test('a saved connection comes back from its form unchanged', () => {
  const connection = aConnection({
    ca: { text: '-----BEGIN CERTIFICATE-----\n' },
    cert: { file: '/etc/remo/console.pem' },
    key: { file: '/etc/remo/console.key' },
    verify: false,
    startAt: { kind: 'minutes', minutes: 90 },
    backendUrl: 'https://remo.example.net',
    team: 'blue',
    rack: 'zone-a',
  })
  const read = readForm(formOf(connection), { ...nothingKnown, id: connection.id, hasPassword: true })
  expect(read).toEqual({ ok: true, draft: connection })
})

test('umlauts in names, and passwords with any character, stay as they are', () => {
  const password = ' ä"\\\'$%&/()=?`*~#;:,.<>|{}[]\u00a0😀 '
  const read = readForm(
    aForm({ name: ' Zürich Süd ', label: 'PRÜF', protocol: 'SASL_SSL', username: 'müller', password }),
    nothingKnown,
  )
  expect(read).toMatchObject({
    ok: true,
    draft: { name: 'Zürich Süd', label: 'PRÜF', username: 'müller', secrets: { password } },
  })
})

test.each<[string, Partial<ConnectionForm>, Partial<Record<keyof ConnectionForm, unknown>>]>([
  ['no name', { name: '  ' }, { name: 'Enter a name.' }],
  ['a long name', { name: 'n'.repeat(61) }, { name: 'Use at most 60 characters.' }],
  ['a long label', { label: 'PRODUCTION-ZRH' }, { label: 'Use at most 12 characters, such as PROD.' }],
  ['no brokers', { brokers: ' ' }, { brokers: expect.stringMatching(/\w.*\.$/) }],
  [
    'no user and password',
    { protocol: 'SASL_PLAINTEXT' },
    {
      username: 'Enter the user for SASL.',
      password: 'Enter the password of this user.',
    },
  ],
  [
    'a certificate without a key',
    { protocol: 'SSL', cert: { kind: 'file', file: 'a.pem' } },
    {
      key: 'Add the key of the client certificate, or remove the certificate.',
    },
  ],
  [
    'a key without a certificate',
    { protocol: 'SSL', key: { kind: 'text', text: 'k' } },
    {
      cert: 'Add the certificate of this key, or remove the key.',
    },
  ],
  [
    'topics that are no expression',
    { topics: '^metrics-(' },
    { topics: 'Enter a regular expression such as ^metrics-.' },
  ],
  ['no topics', { topics: '' }, { topics: 'Enter a regular expression such as ^metrics-.' }],
  [
    'a start that is no duration',
    { startFor: 'yesterday' },
    {
      startFor: 'Enter a duration in whole minutes, such as 60m or 2h, at most 366d.',
    },
  ],
  [
    'a start in seconds',
    { startFor: '90s' },
    {
      startFor: 'Enter a duration in whole minutes, such as 60m or 2h, at most 366d.',
    },
  ],
  [
    'a backend without a protocol',
    { backendUrl: 'remo.example.net' },
    {
      backendUrl: 'Enter a URL that starts with http:// or https://, or nothing.',
    },
  ],
  ['a team with a blank', { team: 'blue team' }, { team: 'Use at most 40 letters, digits and dashes.' }],
])('%s: one sentence at the field', (_, change, expected) => {
  expect(problemsOf(change)).toEqual(expected)
})

test('a name that another connection has is refused, in any case', () => {
  expect(problemsOf({ name: 'STAGING' }, { names: ['Staging'] })).toEqual({
    name: 'Another connection has this name.',
  })
})

test('the first wrong field in reading order gets the focus', () => {
  expect(firstWrong(problemsOf({ team: '-', brokers: '', topics: '(' }))).toBe('brokers')
})

test('a field that a variable fixes is not checked', () => {
  expect(
    problemsOf({ protocol: 'SASL_SSL', topics: '(' }, { fixed: { topics: 'A', username: 'B', password: 'C' } }),
  ).toEqual({})
})

test('a stored password is enough, and Save anyway requires none', () => {
  const change = { protocol: 'SASL_SSL', username: 'a' } as const
  expect(problemsOf(change, { hasPassword: true })).toEqual({})
  expect(problemsOf(change, { withoutSecrets: true })).toEqual({})
})

test('settings of another protocol stay, but their problems do not count', () => {
  expect(problemsOf({ protocol: 'PLAINTEXT', username: '', cert: { kind: 'file', file: 'a.pem' } })).toEqual({})
})

test('a number alone is minutes, and days and hours are understood', () => {
  const minutes = (startFor: string) => {
    const read = readForm(aForm({ startFor }), nothingKnown)
    return read.ok && read.draft.startAt
  }
  expect(['45', ' 2h ', '1d12h'].map(minutes)).toEqual([45, 120, 2160].map((n) => ({ kind: 'minutes', minutes: n })))
})

test('a pasted key travels as a secret, a stored one stays where it is', () => {
  const tls = { protocol: 'SSL', cert: { kind: 'file', file: 'a.pem' } } as const
  const pasted = readForm(aForm({ ...tls, key: { kind: 'text', text: 'PEM' } }), nothingKnown)
  expect(pasted).toMatchObject({ ok: true, draft: { keyPasted: true, secrets: { key: 'PEM' } } })
  const stored = readForm(aForm({ ...tls, key: { kind: 'stored' } }), nothingKnown)
  expect(stored.ok && [stored.draft.keyPasted, stored.draft.key, stored.draft.secrets]).toEqual([
    true,
    undefined,
    undefined,
  ])
})

test('tells PEM text from a path', () => {
  expect(pemOfText('  ')).toEqual({ kind: 'none' })
  expect(pemOfText('/home/anna/ca.pem')).toEqual({ kind: 'file', file: '/home/anna/ca.pem' })
  expect(pemOfText('-----BEGIN CERTIFICATE-----\nMII')).toMatchObject({ kind: 'text' })
  expect(pemOfText('some\nlines')).toMatchObject({ kind: 'text' })
})

test('says what was understood of brokers with a protocol in front', () => {
  expect(brokerNotes('kafka://localhost:9092').join()).toContain('localhost:9092')
  expect(brokerNotes('localhost:9092')).toEqual([])
})

test('the name of the first broker names a connection, IPv6 too', () => {
  expect(nameOfBrokers('kafka-1.example.net:9092, kafka-2.example.net:9092')).toBe('kafka-1.example.net')
  expect(nameOfBrokers('[2001:db8::1]:9092')).toBe('[2001:db8::1]')
})

test('a form is unsaved once one field differs', () => {
  const form = formOf(aConnection())
  expect(isSameForm(form, formOf(aConnection()))).toBe(true)
  expect(isSameForm(form, { ...form, ca: { kind: 'file', file: 'ca.pem' } })).toBe(false)
})
