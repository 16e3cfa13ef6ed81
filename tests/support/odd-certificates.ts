/** Certificates of servers that a client should refuse, from `openssl`. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificates } from './certificates.ts'

/** Paths of PEM files. */
export interface ServerPair {
  readonly cert: string
  readonly key: string
}

/** All are of `localhost`, and signed by the authority of `Certificates` where nothing else is said. */
export interface OddCertificates {
  readonly expired: ServerPair
  readonly future: ServerPair
  /** Valid for 5 more days. */
  readonly expiring: ServerPair
  /** Of `kafka.example.net`. */
  readonly elsewhere: ServerPair
  readonly selfSigned: ServerPair
}

const openssl = promisify(execFile)
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** @param dir the folder of `certificates` */
export async function makeOddCertificates(dir: string, { ca }: Pick<Certificates, 'ca'>): Promise<OddCertificates> {
  const authority = { cert: ca, key: join(dir, 'ca.key') }
  const of = (name: string, validity: Validity, host = 'localhost'): Promise<ServerPair> =>
    sign({ dir, authority, name, host }, validity)
  const days = (from: number, to: number): Validity => ({ from: timeText(from), to: timeText(to) })
  // One after the other: `openssl ca` has one list of what it signed.
  const expired = await of('expired', days(-30, -10))
  const future = await of('future', days(10, 30))
  const expiring = await of('expiring', days(-10, 5))
  const elsewhere = await of('elsewhere', days(-1, 90), 'kafka.example.net')
  const selfSigned = { cert: join(dir, 'self.pem'), key: join(dir, 'self.key') }
  const files = ['-keyout', selfSigned.key, '-out', selfSigned.cert]
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await openssl('openssl', ['req', '-x509', ...newKey, ...files, '-days', '90', ...name])
  return { expired, future, expiring, elsewhere, selfSigned }
}

interface Validity {
  readonly from: string
  readonly to: string
}

interface Signing {
  readonly dir: string
  readonly authority: ServerPair
  readonly name: string
  readonly host: string
}

async function sign({ dir, authority, name, host }: Signing, { from, to }: Validity): Promise<ServerPair> {
  const path = (ending: string): string => join(dir, `odd-${name}.${ending}`)
  const config = ['[ca]', 'default_ca=own', '[own]', `database=${path('index')}`, `new_certs_dir=${dir}`]
  writeFileSync(
    path('cnf'),
    [...config, `serial=${path('serial')}`, 'default_md=sha256', 'policy=any', '[any]', 'commonName=supplied'].join(
      '\n',
    ),
  )
  writeFileSync(path('index'), '')
  writeFileSync(path('serial'), `${Buffer.from(name).toString('hex')}\n`)
  writeFileSync(path('ext'), `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth`)
  await openssl('openssl', ['req', ...newKey, '-keyout', path('key'), '-out', path('csr'), '-subj', `/CN=${host}`])
  const request = ['-batch', '-config', path('cnf'), '-in', path('csr'), '-extfile', path('ext'), '-notext']
  const signer = ['-cert', authority.cert, '-keyfile', authority.key]
  await openssl('openssl', ['ca', ...request, ...signer, '-startdate', from, '-enddate', to, '-out', path('pem')])
  return { cert: path('pem'), key: path('key') }
}

/** As `openssl ca` takes it: 20261129100000Z. @param days from now */
function timeText(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
}
