import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unsetConnection } from './connection-in-use.ts'
import type { Connection } from './connection.ts'
import { invitationLink, readInvitation } from './invitation.ts'

const connection: Connection = {
  ...unsetConnection,
  id: 'prod',
  name: 'Produktion Zürich',
  label: 'PROD',
  color: 'red',
  brokers: ['kafka-1:9093', '[2001:db8::1]:9093'],
  topics: '^(metrics|telemetry)-',
  protocol: 'SASL_SSL',
  mechanism: 'SCRAM-SHA-512',
  username: 'ada',
  verify: false,
  startAt: { kind: 'minutes', minutes: 15 },
  backendUrl: 'https://ada:secret@remo.example/api',
  team: 'shop',
  rack: 'zone a',
}
const pem = '-----BEGIN CERTIFICATE-----\nMIIB+/==\n-----END CERTIFICATE-----\n'

test('a colleague gets the connection without user, secrets, paths and without its id', () => {
  const link = invitationLink({ ...connection, cert: { file: '/etc/me.pem' }, key: { file: '/etc/me.key' } }, pem)
  expect(link).toMatch(/^remo:\/\/connect\?name=Produktion%20Z%C3%BCrich&brokers=kafka-1:9093,/)
  expect(link).not.toMatch(/ada|secret|me\.pem|me\.key|verify/)
  const { id: _i, username: _u, verify: _v, backendUrl: _b, keyPasted: _k, ...rest } = connection
  expect(readInvitation(link)).toEqual({
    ok: true,
    invitation: {
      ...rest,
      username: '',
      verify: true,
      backendUrl: 'https://remo.example/api',
      ca: { text: pem },
    },
  })
})

test('a link can be written by hand, and a file with it ends with a line end', () => {
  const read = readInvitation('\uFEFFremo://connect?name=Test+lab&brokers=localhost:9092\r\n')
  expect(read).toMatchObject({
    ok: true,
    invitation: { name: 'Test lab', brokers: ['localhost:9092'], topics: '^metrics-', protocol: 'PLAINTEXT' },
  })
})

test('a parameter of a newer ReMo has no effect', () => {
  const read = readInvitation('remo://connect?name=a&brokers=b:1&compression=zstd')
  expect(read.ok && Object.keys(read.invitation)).not.toContain('compression')
})

const good = 'remo://connect?name=a&brokers=b:1'
test.for([
  ['nothing', '', 'This is no invitation. An invitation begins with remo://connect.'],
  ['another link', 'remo://alert/1', 'This is no invitation. An invitation begins with remo://connect.'],
  ['a page', 'https://connect?name=a', 'This is no invitation. An invitation begins with remo://connect.'],
  ['a huge text', `${good}&x=${'x'.repeat(70_000)}`, 'This is too long for an invitation.'],
  ['a damaged escape', `${good}&label=%E0%A4`, 'The link of the invitation is damaged. Ask for it again.'],
  ['a name twice', `${good}&name=c`, 'The link of the invitation is damaged. Ask for it again.'],
  ['no brokers', 'remo://connect?name=a', /^The invitation has a wrong value in brokers: /],
  ['a broker without a port', 'remo://connect?name=a&brokers=b', /wrong value in brokers: expected host:port\.$/],
  ['a wrong color', `${good}&color=pink`, /^The invitation has a wrong value in color: /],
  ['a wrong pattern', `${good}&topics=(`, /^The invitation has a wrong value in topics: /],
  ['a script', `${good}&backend=javascript:alert(1)`, /^The invitation has a wrong value in backend: /],
  ['a password', `${good}&password=hunter2`, /^The invitation holds a secret\. /],
  ['a password in the address', `${good}&backend=https://ada:hunter2@remo`, /^The invitation holds a secret\. /],
  ['a key', `${good}&ca=-----BEGIN%20PRIVATE%20KEY-----`, /^The invitation holds a secret\. /],
  ['a path', `${good}&ca=/etc/ssl/ca.pem`, /^The invitation has no certificate in its field ca/],
  ['a certificate file', `${good}&cert=/etc/me.pem`, /^The invitation names a file on this computer\. /],
] as const)('an invitation with %s is refused in one sentence', ([, text, problem]) => {
  const read = readInvitation(text)
  expect(read).toEqual({ ok: false, problem: typeof problem === 'string' ? problem : expect.stringMatching(problem) })
})

test('it cannot switch off the verification of certificates', () => {
  const read = readInvitation(`${good}&verify=false&protocol=SSL`)
  expect(read.ok && read.invitation.verify).toBe(true)
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof readInvitation(text).ok).toBe('boolean')
      expect(typeof readInvitation(`${good}&${text}`).ok).toBe('boolean')
    }),
  )
})
