import { nativeTheme } from 'electron'
import type { AppInfo } from '#shared/ipc/contract.ts'
import type { ConsoleSettings } from '#shared/settings/console-settings.ts'
import { devDependencies, version } from '../../../package.json'

const pinnedMajor = Number.parseInt(devDependencies.electron)

interface AppInfoDeps {
  readonly settings: ConsoleSettings
  readonly dataDir: string
  readonly user: string
  readonly metricsUrl: string
}

export function appInfo({ settings, dataDir, user, metricsUrl }: AppInfoDeps): AppInfo {
  const { version, electron, chromium } = appVersions()
  const notice = runtimeNotice()
  return {
    version,
    electron,
    chromium,
    ...(notice === undefined ? {} : { runtimeNotice: notice }),
    dataDir,
    metricsUrl,
    kafka: settings.brokers.join(', '),
    topicPattern: settings.topicPattern,
    ...(settings.backendUrl === undefined ? {} : { backendUrl: settings.backendUrl }),
    user,
    theme: theme(),
  }
}

export function theme(): AppInfo['theme'] {
  return nativeTheme.shouldUseDarkColors ? 'dark' : 'light'
}

/** Versions of ReMo and its runtime. */
export function appVersions(): Record<'version' | 'electron' | 'chromium' | 'node', string> {
  const { electron = '', chrome = '', node } = process.versions
  return { version, electron, chromium: chrome, node }
}

/** Sentence for the operator if releases are tested with another Electron version. */
export function runtimeNotice(): string | undefined {
  const { electron } = appVersions()
  if (Number.parseInt(electron) === pinnedMajor) return undefined
  return `Running on Electron ${electron}; releases run on Electron ${pinnedMajor}.`
}
