import { readFileSync } from 'node:fs'
import { app, session } from 'electron'
import { silentLog } from '../app/silent-log.ts'
import { trustExtraAuthorities } from '../backend/extra-authorities.ts'
import { runRulesCommand } from './rules-command.ts'

/** `remo rules`: no window, no log file, no lock. Exits with 0, 1 or 2; see `runRulesCommand`. */
export async function runRules(args: readonly string[]): Promise<void> {
  try {
    await app.whenReady()
    // As the console asks its backend: with the proxy and the authorities of the system.
    const network = session.fromPartition('rules', { cache: false })
    trustExtraAuthorities(network, { path: process.env['NODE_EXTRA_CA_CERTS'], log: silentLog, now: Date.now })
    const code = await runRulesCommand({
      args,
      env: process.env,
      readText: (path) => readFileSync(path, 'utf8'),
      fetch: (url, init) => network.fetch(url, init),
      write: (line) => process.stdout.write(`${line}\n`),
      warn: (line) => process.stderr.write(`${line}\n`),
    })
    app.exit(code)
  } catch (cause) {
    process.stderr.write(`ReMo: the command failed: ${cause instanceof Error ? cause.message : String(cause)}\n`)
    app.exit(1)
  }
}
