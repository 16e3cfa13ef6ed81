import { readFileSync } from 'node:fs'
import { app } from 'electron'
import type { Connection, ConnectionSecrets } from '#shared/settings/connection.ts'
import { checkConfig } from '../connection-test/check-config.ts'
import { startConnectionTest } from '../connection-test/start-connection-test.ts'
import { secretsOf } from '../connections/read-access.ts'
import { StoredSecrets } from '../connections/stored-secrets.ts'
import { startElectronKeychain } from '../secrets/electron-keychain.ts'
import { KeychainSecrets } from '../secrets/keychain-secrets.ts'
import type { Launch } from './launch.ts'
import { silentLog } from './silent-log.ts'

/** `--check-config`: no window, no log file, no lock. Exits with 0, 1 or 2; see `checkConfig`. */
export async function runCheck(launch: Launch): Promise<void> {
  try {
    const code = await checkConfig({
      launch,
      readText: (path) => readFileSync(path, 'utf8'),
      storedSecrets: (connection) => storedSecrets(connection, launch.dataDir),
      test: (connection, onStep) => startConnectionTest(connection, onStep).result,
      now: Date.now,
      write: (line) => process.stdout.write(`${line}\n`),
    })
    app.exit(code)
  } catch (cause) {
    process.stderr.write(`ReMo: the check failed: ${cause instanceof Error ? cause.message : String(cause)}\n`)
    app.exit(1)
  }
}

/** The keychain needs a desktop, so it is asked only for a saved connection with a secret. */
async function storedSecrets(connection: Connection, dataDir: string): Promise<ConnectionSecrets> {
  await app.whenReady()
  const keychain = new KeychainSecrets({ start: startElectronKeychain, log: silentLog })
  try {
    return await new StoredSecrets(keychain, dataDir).read(connection.id, secretsOf(connection))
  } finally {
    keychain.end()
  }
}
