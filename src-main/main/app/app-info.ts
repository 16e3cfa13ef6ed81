import { nativeTheme } from 'electron'
import type { AppInfo } from '#shared/ipc/contract.ts'
import type { ConsoleSettings } from '#shared/settings/console-settings.ts'
import { runtimeNotice, appVersions } from './runtime.ts'

export interface AppInfoDeps {
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
