import { join, resolve } from 'node:path'
import type { ConnectionToTest, TestResult, TestStep } from '#shared/settings/connection-test.ts'
import { connectionToTest } from '#shared/settings/connection-to-test.ts'
import { needsPassword } from '#shared/settings/connection-access.ts'
import { connectionInUse, type ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import type { Connection, ConnectionSecrets, PemSource } from '#shared/settings/connection.ts'
import type { ReadText } from '#shared/settings/environment.ts'
import { pairProblem, type PemRole } from '#shared/settings/pem-input.ts'
import { emptySettingsFile, readSettingsFile, type SettingsFile } from '#shared/settings/settings-file.ts'
import type { Launch } from '../app/launch.ts'
import { inspectPem, nodePemCrypto } from './inspect-pem.ts'

/** 0: all is well. 1: the test has a failure or a warning. 2: a setting is invalid, and nothing was tested. */
export type CheckExitCode = 0 | 1 | 2

export interface CheckConfigDeps {
  readonly launch: Pick<Launch, 'flags' | 'variables' | 'dataDir'>
  /** @throws Node's error of the file system */
  readonly readText: ReadText
  /** Secrets that are stored for a saved connection. */
  readonly storedSecrets: (connection: Connection) => Promise<ConnectionSecrets>
  readonly test: (connection: ConnectionToTest, onStep: (step: TestStep) => void) => Promise<TestResult>
  readonly now: () => number
  /** Writes one line, without its end. It contains no secret. */
  readonly write: (line: string) => void
}

type Severity = 'ok' | 'warning' | 'failed' | 'invalid'

/** Validates the effective settings and tests the connection in use. Writes one line a finding and changes nothing. */
export async function checkConfig(deps: CheckConfigDeps): Promise<CheckExitCode> {
  const lines = new Findings(deps.write)
  const file = readFile(deps, lines)
  const { flags, variables } = deps.launch
  const { connections, inUse: saved } = file
  const { profile, demo } = flags
  const chosen = connectionInUse({ connections, inUse: saved, profile, demo, variables: variables.connection })
  if (!chosen.ok) lines.add('invalid', chosen.problem)
  else if (chosen.inUse.origin !== 'demo') checkPemTexts(chosen.inUse, deps.now(), lines)
  if (lines.has('invalid') || !chosen.ok) return 2
  if (demo) {
    lines.add('ok', 'The demo connects to no Kafka.')
    return 0
  }
  await testInUse(deps, chosen.inUse, lines)
  if (lines.has('invalid')) return 2
  return lines.has('failed') || lines.has('warning') ? 1 : 0
}

class Findings {
  readonly #write: (line: string) => void
  readonly #seen = new Set<Severity>()

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  add(severity: Severity, text: string): void {
    this.#seen.add(severity)
    this.#write(`${severity}: ${text.replaceAll('\n', ' ')}`)
  }

  has(severity: Severity): boolean {
    return this.#seen.has(severity)
  }
}

/** Settings that are not in the file are no problem, unless `--config` names it. */
function readFile({ launch, readText }: CheckConfigDeps, lines: Findings): SettingsFile {
  const { config } = launch.flags
  const path = resolve(config ?? join(launch.dataDir, 'settings.json'))
  let text: string
  try {
    text = readText(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT') lines.add('invalid', `${path} cannot be read (${code ?? message}).`)
    else if (config !== undefined) lines.add('invalid', `There is no file ${path}.`)
    return emptySettingsFile
  }
  const read = readSettingsFile(text)
  if (read.kind === 'broken') {
    lines.add('invalid', `${path}: ${read.reason}.`)
    return emptySettingsFile
  }
  for (const { path: place, message } of read.file.problems) lines.add('invalid', `${path}: ${place}: ${message}`)
  return read.file
}

const pemNames: Readonly<Record<PemRole, string>> = { ca: 'CA certificate', cert: 'Client certificate', key: 'Key' }

/** Files and texts of the connection. A pasted key is in the keychain, and is looked at when it is used. */
function checkPemTexts({ connection }: ConnectionInUse, now: number, lines: Findings): void {
  const { protocol, ca, cert, key, keyPasted } = connection
  if (!protocol.endsWith('SSL')) return
  const inspect = (role: PemRole, source: PemSource | undefined): string | undefined => {
    if (source === undefined) return undefined
    const checked = inspectPem(role, source, now)
    if (!checked.ok) lines.add('invalid', `${pemNames[role]}: ${checked.problem}`)
    else if (checked.warning !== undefined) lines.add('warning', `${pemNames[role]}: ${checked.warning}`)
    return checked.ok ? checked.text : undefined
  }
  inspect('ca', ca)
  const texts = [inspect('cert', cert), inspect('key', keyPasted ? undefined : key)] as const
  if (texts[0] === undefined || texts[1] === undefined) return
  const problem = pairProblem(texts[0], texts[1], nodePemCrypto)
  if (problem !== undefined) lines.add('invalid', `Key: ${problem}`)
}

async function testInUse(
  deps: CheckConfigDeps,
  { connection, origin }: ConnectionInUse,
  lines: Findings,
): Promise<void> {
  const { password } = deps.launch.variables.connection
  const isStored = origin === 'saved' && (connection.keyPasted || (needsPassword(connection) && password === undefined))
  const stored = isStored ? await deps.storedSecrets(connection) : {}
  const read = connectionToTest(
    connection,
    { ...stored, ...(password === undefined ? {} : { password }) },
    deps.readText,
  )
  if (!read.ok) return lines.add('invalid', read.problem)
  lines.add('ok', `Connection ${connection.name}: ${connection.brokers.join(', ')}.`)
  const { willNotWork } = await deps.test(read.toTest, ({ state, title, text }) => {
    if (state === 'ok' || state === 'warning' || state === 'failed') lines.add(state, `${title}: ${text}`)
  })
  if (willNotWork !== undefined) lines.add(lines.has('failed') ? 'failed' : 'warning', willNotWork)
}
