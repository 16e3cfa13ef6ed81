import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pairProblem, type PemRole } from '#shared/settings/pem-input.ts'
import { inspectPem, nodePemCrypto } from './inspect-pem.ts'
import { pemFacts } from './pem-facts.ts'

const dir = mkdtempSync(join(tmpdir(), 'remo-pem-'))
const path = (name: string): string => join(dir, name)
const text = (name: string): string => readFileSync(path(name), 'utf8')
const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' })
const dayMs = 86_400_000
/** When the certificates exist. */
let now = 0

beforeAll(() => {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const authority = (name: string, days: number): void =>
    openssl(
      'req',
      '-x509',
      ...ec,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      String(days),
      '-subj',
      `/O=Example/CN=${name}`,
    )
  authority('good', 90)
  authority('other', 90)
  authority('soon', 5)
  openssl('pkey', '-in', 'good.key', '-aes256', '-passout', 'pass:secret', '-out', 'encrypted.key')
  openssl('ec', '-in', 'good.key', '-aes256', '-passout', 'pass:secret', '-out', 'old-encrypted.key')
  openssl('req', '-new', '-key', 'good.key', '-out', 'request.pem', '-subj', '/CN=good')
  openssl('pkey', '-in', 'good.key', '-pubout', '-out', 'public.pem')
  openssl('x509', '-in', 'good.pem', '-outform', 'DER', '-out', 'good.der')
  writeFileSync(path('both.pem'), `# made for ReMo\n${text('good.pem')}${text('good.key')}`)
  writeFileSync(path('bundle.pem'), text('good.pem') + text('other.pem'))
  now = Date.now()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const file = (role: PemRole, name: string, at = now): ReturnType<typeof inspectPem> =>
  inspectPem(role, { file: path(name) }, at)
const pasted = (role: PemRole, pem: string): ReturnType<typeof inspectPem> => inspectPem(role, { text: pem }, now)

test('a certificate shows its subject, issuer and end', () => {
  const read = file('ca', 'good.pem')
  expect(read).toMatchObject({ ok: true, certificates: [{ subject: 'good', issuer: 'good' }] })
  const [certificate] = read.ok ? read.certificates : []
  expect(certificate?.validTo).toBeGreaterThan(now + 89 * dayMs)
  expect(read).not.toHaveProperty('warning')
})

test('a bundle shows all its certificates', () => {
  expect(file('ca', 'bundle.pem')).toMatchObject({ certificates: [{ subject: 'good' }, { subject: 'other' }] })
})

test('one file may hold certificate and key', () => {
  expect(file('cert', 'both.pem')).toMatchObject({ ok: true, certificates: [{ subject: 'good' }] })
  expect(file('key', 'both.pem')).toMatchObject({ ok: true, certificates: [] })
  expect(pairProblem(text('both.pem'), text('both.pem'), nodePemCrypto)).toBeUndefined()
})

test('a key that does not fit its certificate is named', () => {
  expect(pairProblem(text('good.pem'), text('good.key'), nodePemCrypto)).toBeUndefined()
  expect(pairProblem(text('good.pem'), text('other.key'), nodePemCrypto)).toBe(
    'This key does not belong to the client certificate. Use the key that the certificate was made for.',
  )
})

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

test('a certificate that is expired, not valid yet or about to expire has a warning', () => {
  const read = file('cert', 'good.pem')
  const { validFrom = 0, validTo = 0 } = (read.ok ? read.certificates[0] : undefined) ?? {}
  expect(file('cert', 'good.pem', validTo + 1)).toMatchObject({
    warning: `This certificate (good) expired on ${day(validTo)}. Ask for a new one.`,
  })
  expect(file('ca', 'good.pem', validFrom - 1)).toMatchObject({
    warning: `This CA certificate (good) is not valid before ${day(validFrom)}. Check the clock of this computer.`,
  })
  expect(file('cert', 'soon.pem')).toMatchObject({
    warning: expect.stringMatching(/^This certificate \(soon\) expires on /),
  })
})

test.each<[PemRole, string, string]>([
  ['ca', 'good.key', 'This is a private key, not a CA certificate. Put the certificate here, and keep the key secret.'],
  ['key', 'good.pem', 'This is a certificate, not a private key. Its key is in a file of its own.'],
  ['key', 'public.pem', 'This is a public key, not a private key.'],
  ['cert', 'request.pem', 'This is a request for a certificate. Use the certificate that the CA made of it.'],
  [
    'key',
    'encrypted.key',
    'This key has a passphrase. Use a key without one; openssl pkey -in key.pem -out plain.pem removes it.',
  ],
  [
    'key',
    'old-encrypted.key',
    'This key has a passphrase. Use a key without one; openssl pkey -in key.pem -out plain.pem removes it.',
  ],
  [
    'ca',
    'good.der',
    'Expected a CA certificate as a PEM text, got a binary file (DER, PKCS #12 or JKS). Convert it with openssl.',
  ],
])('as %s, %s is refused in one sentence', (role, name, problem) => {
  expect(file(role, name)).toEqual({ ok: false, problem })
})

test('a file that is not there, and a folder, are named', () => {
  expect(file('ca', 'gone.pem')).toEqual({
    ok: false,
    problem: `There is no file ${path('gone.pem')}. Check its path, or choose it again.`,
  })
  expect(inspectPem('ca', { file: dir }, now)).toEqual({
    ok: false,
    problem: `${dir} is a folder. Choose the file in it.`,
  })
})

test('a text that is damaged or cut says so', () => {
  const pem = text('good.pem')
  const body = pem.split('\n').slice(1, -2).join('\n')
  expect(pasted('ca', '')).toMatchObject({ problem: 'Expected a CA certificate as a PEM text, got nothing.' })
  expect(pasted('ca', 'my certificate')).toMatchObject({
    problem: 'Expected a CA certificate as a PEM text, which begins with -----BEGIN …-----.',
  })
  expect(pasted('ca', body)).toMatchObject({
    problem: 'Expected a CA certificate as a PEM text: the lines -----BEGIN …----- and -----END …----- are missing.',
  })
  expect(pasted('ca', pem.slice(0, 200))).toMatchObject({
    problem: 'The text ends too early. Copy it again, down to its last line -----END …-----.',
  })
  expect(pasted('ca', pem.replace(body, body.slice(40)))).toMatchObject({
    problem: 'The certificate is damaged. Copy the whole text again, with all its lines.',
  })
  expect(pasted('ca', `${pem}${pem.replace(body, 'MA==')}`)).toMatchObject({
    problem: 'Certificate 2 is damaged. Copy the whole text again, with all its lines.',
  })
  expect(pasted('key', text('good.key').replace(/\n.{10}/, '\n'))).toMatchObject({
    problem: 'The key is damaged. Copy the whole text again, with all its lines.',
  })
})

test('line ends of Windows and spaces around are accepted', () => {
  expect(pasted('ca', `\r\n ${text('good.pem').replaceAll('\n', '\r\n')} `)).toMatchObject({ ok: true })
})

test('a form shows subject, issuer and end, and whether a key fits its certificate', () => {
  const cert = { file: path('good.pem') }
  expect(pemFacts({ kind: 'cert', source: cert }, now)).toEqual({
    ok: true,
    subject: 'good',
    issuer: 'good',
    until: expect.any(Number),
  })
  expect(pemFacts({ kind: 'key', source: { text: text('good.key') }, cert }, now)).toEqual({ ok: true })
  expect(pemFacts({ kind: 'key', source: { text: text('other.key') }, cert }, now)).toEqual({
    ok: false,
    problem: 'This key does not belong to the client certificate. Use the key that the certificate was made for.',
  })
  // A certificate that is wrong itself has its own sentence.
  expect(pemFacts({ kind: 'key', source: { text: text('other.key') }, cert: { text: 'x' } }, now)).toEqual({ ok: true })
})
