import { join } from 'node:path'
import { session } from 'electron'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { CurrentHealth } from '../app/current-health.ts'
import type { DataThread } from '../ipc/ipc-deps.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { appVersions } from '../app/app-info.ts'
import type { NotificationPause } from '../notifications/notification-pause.ts'
import { BackendClient } from './backend-client.ts'
import { consoleFacts } from './consoles/console-facts.ts'
import { trustExtraAuthorities } from './extra-authorities.ts'
import { plaintextNotice } from './plaintext-notice.ts'
import { SessionStateFile } from './session/session-state-file.ts'

export interface CreateBackendDeps {
  /** `undefined`: no backend is configured. */
  readonly url: string | undefined
  /** Folder of the connection's cache. */
  readonly dataDir: string
  readonly secrets: SecretStore
  readonly log: Log
  readonly life: Lifetime
  readonly doNotDisturb: Pick<NotificationPause, 'inForce'>
}

/** Creates the client of the configured backend, without starting it. `undefined` if none is configured. */
export function createBackend(
  { url, dataDir, secrets, log: backendLog, life, doNotDisturb }: CreateBackendDeps,
  data: DataThread,
  health: CurrentHealth,
): BackendClient | undefined {
  if (url === undefined) return undefined
  const log = backendLog.child({ part: 'backend' })
  const notice = plaintextNotice(url)
  if (notice) health.addNotice(notice)
  const stateFile = new SessionStateFile(join(dataDir, 'session.json'), log)
  life.own('session state', stateFile, () => stateFile.flush())
  // Chromium's network stack uses the proxies and certificates of this computer. The separate session is in memory; the
  // page's session has no network.
  const network = session.fromPartition('backend', { cache: false })
  trustExtraAuthorities(network, { path: process.env['NODE_EXTRA_CA_CERTS'], log, now: Date.now })
  const backend = new BackendClient({
    url,
    fetch: (address, init) => network.fetch(address, init),
    secrets,
    stateFile,
    data,
    health,
    facts: consoleFacts(appVersions().version, doNotDisturb),
    now: Date.now,
    random: Math.random,
    log,
  })
  life.own('backend', backend, () => backend.end())
  return backend
}
