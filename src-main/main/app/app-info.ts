import { nativeTheme } from 'electron'
import type { AppInfo } from '#shared/ipc/contract.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { devDependencies, version } from '../../../package.json'

/** Git commit of the build; `unknown` outside of Git. electron.vite.config.ts replaces it. */
declare const __REMO_REVISION__: string

const pinnedMajor = Number.parseInt(devDependencies.electron)

interface AppInfoDeps {
  readonly inUse: ConnectionInUse
  /** See `ConnectionMark`. */
  readonly needsPassword: boolean
  readonly dataDir: string
  readonly user: string
  readonly metricsUrl: string
}

export function appInfo({ inUse, needsPassword, dataDir, user, metricsUrl }: AppInfoDeps): AppInfo {
  const { connection, origin } = inUse
  const { id, name, label, color } = connection
  const { version, electron, chromium } = appVersions()
  const notice = runtimeNotice()
  return {
    version,
    electron,
    chromium,
    ...(notice === undefined ? {} : { runtimeNotice: notice }),
    dataDir,
    metricsUrl,
    // The demo asks no broker.
    kafka: origin === 'demo' ? 'demo data' : connection.brokers.join(', '),
    topicPattern: connection.topics,
    ...(connection.backendUrl === undefined ? {} : { backendUrl: connection.backendUrl }),
    user,
    theme: theme(),
    connection: { id, name, label, color, origin, needsPassword },
    platform: process.platform,
  }
}

export function theme(): AppInfo['theme'] {
  return nativeTheme.shouldUseDarkColors ? 'dark' : 'light'
}

/** Versions of ReMo and its runtime. */
export function appVersions(): Record<'version' | 'revision' | 'electron' | 'chromium' | 'node', string> {
  const { electron = '', chrome = '', node } = process.versions
  return { version, revision: __REMO_REVISION__, electron, chromium: chrome, node }
}

/** Sentence for the operator if releases are tested with another Electron version. */
export function runtimeNotice(): string | undefined {
  const { electron } = appVersions()
  if (Number.parseInt(electron) === pinnedMajor) return undefined
  return `Running on Electron ${electron}; releases run on Electron ${pinnedMajor}.`
}
