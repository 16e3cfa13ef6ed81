import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate, Request } from 'electron'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nullLog } from '../../../tests/support/null-log.ts'
import { isSignedBy, trustExtraAuthorities } from './extra-authorities.ts'

const dir = mkdtempSync(join(tmpdir(), 'remo-extra-'))
const text = (name: string): string => readFileSync(join(dir, `${name}.pem`), 'utf8')
const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' })
const dayMs = 86_400_000
/** When the certificates exist. */
let now = 0

/** A certificate of `name`, signed by `by`; without one, by itself. */
function make(name: string, extensions: readonly string[], by?: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const subject = ['-subj', `/CN=${name}`]
  if (by === undefined) {
    const added = extensions.flatMap((extension) => ['-addext', extension])
    openssl('req', '-x509', ...key, ...subject, '-out', `${name}.pem`, '-days', '30', ...added)
    return
  }
  openssl('req', ...key, ...subject, '-out', `${name}.csr`)
  writeFileSync(join(dir, `${name}.ext`), extensions.join('\n'))
  const signer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '20']
  openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-extfile', `${name}.ext`, '-out', `${name}.pem`)
}

const host = 'subjectAltName=DNS:remo.example,DNS:*.wild.example,IP:10.0.0.1'
const isCa = 'basicConstraints=critical,CA:TRUE'

beforeAll(() => {
  make('root', [isCa])
  make('other', [isCa])
  make('server', [host, 'extendedKeyUsage=serverAuth'], 'root')
  make('client', [host, 'extendedKeyUsage=clientAuth'], 'root')
  make('nameless', ['basicConstraints=CA:FALSE'], 'root')
  make('between', [isCa], 'root')
  make('behind', [host], 'between')
  make('limited', [isCa, 'nameConstraints=critical,permitted;DNS:elsewhere.example'], 'root')
  make('beyond', [host], 'limited')
  make('forged', [host], 'server')
  make('self', [host, 'basicConstraints=CA:FALSE'])
  now = Date.now()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Asked {
  readonly authority?: string
  readonly hostname?: string
  readonly inDays?: number
}

function isTrusted(
  names: readonly string[],
  { authority = 'root', hostname = 'remo.example', inDays = 0 }: Asked = {},
) {
  return isSignedBy([new X509Certificate(text(authority))], {
    hostname,
    chain: names.map(text),
    now: now + inDays * dayMs,
  })
}

describe('a server of an extra authority', () => {
  test.each<[string, readonly string[], Asked]>([
    ['signed by it', ['server'], {}],
    ['with the authority in its chain', ['server', 'root'], {}],
    ['behind an intermediate', ['behind', 'between'], {}],
    ['with a wildcard name', ['server'], { hostname: 'a.wild.example' }],
    ['with an address', ['server'], { hostname: '10.0.0.1' }],
    ['that is named itself', ['self'], { authority: 'self' }],
  ])('is trusted: %s', (_what, names, asked) => {
    expect(isTrusted(names, asked)).toBe(true)
  })

  test.each<[string, readonly string[], Asked]>([
    ['signed by another one', ['server'], { authority: 'other' }],
    ['of another host', ['server'], { hostname: 'evil.example' }],
    ['of another address', ['server'], { hostname: '10.0.0.2' }],
    ['without a name, whatever its subject', ['nameless'], { hostname: 'nameless' }],
    ['for clients only', ['client'], {}],
    ['that has expired', ['server'], { inDays: 25 }],
    ['that is not valid yet', ['server'], { inDays: -2 }],
    ['of an authority that has expired', ['server'], { inDays: 40 }],
    ['without its intermediate', ['behind'], {}],
    ['behind a certificate that may not sign', ['forged', 'server'], {}],
    ['behind an intermediate that is not its signer', ['behind', 'other'], {}],
    ['behind name constraints', ['beyond', 'limited'], {}],
  ])('is refused: %s', (_what, names, asked) => {
    expect(isTrusted(names, asked)).toBe(false)
  })

  test('is refused if its certificate cannot be read', () => {
    const chain = { hostname: 'remo.example', chain: ['no certificate'], now }
    expect(isSignedBy([new X509Certificate(text('root'))], chain)).toBe(false)
    expect(isSignedBy([new X509Certificate(text('root'))], { ...chain, chain: [] })).toBe(false)
  })
})

describe('a session', () => {
  type Verify = (request: Request, callback: (result: number) => void) => void

  function verifierFor(path: string | undefined): Verify | undefined {
    let verify: Verify | undefined
    const session = { setCertificateVerifyProc: (proc: Verify | null) => void (verify = proc ?? undefined) }
    trustExtraAuthorities(session, { path, log: nullLog, now: () => now })
    return verify
  }

  /** Chromium's request about this chain. */
  function answerOf(verify: Verify | undefined, errorCode: number, names: readonly string[]): number | undefined {
    const certificate = names.reduceRight<object | undefined>(
      (issuerCert, name) => ({ data: text(name), issuerCert }),
      undefined,
    ) as Certificate
    let answer: number | undefined
    verify?.({ hostname: 'remo.example', certificate, errorCode } as Request, (result) => (answer = result))
    return answer
  }

  test('trusts a server of NODE_EXTRA_CA_CERTS, and leaves the rest to Chromium', () => {
    const verify = verifierFor(join(dir, 'root.pem'))
    expect(answerOf(verify, -202, ['behind', 'between'])).toBe(0)
    expect(answerOf(verify, -202, ['self'])).toBe(-3)
    expect(answerOf(verify, 0, ['server'])).toBe(-3)
    expect(answerOf(verify, -206, ['server'])).toBe(-3) // revoked
  })

  test('is as it was without the variable, and with a file that cannot be read', () => {
    expect(verifierFor(undefined)).toBeUndefined()
    expect(verifierFor(join(dir, 'gone.pem'))).toBeUndefined()
  })
})
