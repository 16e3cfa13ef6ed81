import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { isRunning } from '../../scripts/bootstrap/process-identity.mjs'
import { keyringName, keyringService, startKeyring } from '../../scripts/desktop/keyring.ts'
import { waitForBusName } from '../../scripts/desktop/session-bus.ts'
import { logTail, signal, startDaemon, stopDaemon, type StartedDaemon } from '../../scripts/process/daemon.ts'
import type { KeychainAnswer, KeychainProcess } from '../../src-main/main/secrets/keychain-call.ts'
import { KeychainSecrets } from '../../src-main/main/secrets/keychain-secrets.ts'
import { nullLog } from '../support/null-log.ts'

const entry = join(import.meta.dirname, '../../src-main/main/secrets/keychain-process.ts')

/** The keychain process under Node; `env` contains the address of the session bus. */
export function forkKeychain(env: NodeJS.ProcessEnv, file = entry): KeychainProcess {
  const child = fork(file, { env, stdio: 'ignore' })
  return {
    ask: (request) => void child.send(request),
    onAnswer: (listener) => void child.on('message', (answer) => listener(answer as KeychainAnswer)),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** A desktop session with GNOME Keyring in it, unlocked. */
export class KeyringSession {
  readonly #dir = mkdtempSync(join(tmpdir(), 'remo-keyring-'))
  readonly #address = `unix:path=${join(this.#dir, 'bus')}`
  #bus: StartedDaemon | undefined
  #keyring: StartedDaemon | undefined

  async start(): Promise<this> {
    const args = ['--session', '--nofork', '--nopidfile', `--address=${this.#address}`]
    this.#bus = await startDaemon({ name: 'bus', dir: this.#dir, command: 'dbus-daemon', args })
    await vi.waitFor(() => existsSync(join(this.#dir, 'bus')) || Promise.reject(new Error('no bus')), 10_000)
    const keyring = await startKeyring(this.#dir, this.#address)
    this.#keyring = keyring
    await waitForBusName(this.#address, keyringService, () => {
      if (!isRunning(keyring)) throw new Error(logTail(this.#dir, keyringName))
    })
    return this
  }

  /** The store of one console run in this session. */
  secrets(): KeychainSecrets {
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: this.#address }
    return new KeychainSecrets({ start: () => forkKeychain(env), log: nullLog })
  }

  /** Freezes the keychain: like a locked one, it neither answers nor exits. */
  freeze(): void {
    if (this.#keyring) signal(this.#keyring, 'SIGSTOP')
  }

  thaw(): void {
    if (this.#keyring) signal(this.#keyring, 'SIGCONT')
  }

  async end(): Promise<void> {
    for (const one of [this.#keyring, this.#bus]) if (one) await stopDaemon(one, 5000)
    rmSync(this.#dir, { recursive: true, force: true })
  }
}
