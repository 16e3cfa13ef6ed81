import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { app } from 'electron'
import { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { effectiveSettings } from '#shared/settings/effective-settings.ts'
import { openLog } from '../log/open-log.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { registerAppScheme } from '../windows/app-protocol.ts'
import { appVersions, runtimeNotice } from './app-info.ts'
import type { Launch } from './launch.ts'
import { reportCrashes, Shutdown } from './shutdown.ts'
import { startApp } from './start-app.ts'

/** Prepares Electron before it is ready, then starts the app. Exits with 2 if the data folder cannot be created. */
export async function runApp(launch: Launch): Promise<void> {
  const { dataDir, link, flags } = launch
  if (!settleIn(dataDir)) return app.exit(2)
  // The lock is in the data folder, so consoles with different folders can run at the same time.
  if (!app.requestSingleInstanceLock({ link })) {
    process.stdout.write('ReMo is already running with this data folder. Showing its window.\n')
    return app.exit(0)
  }
  // The log needs the settings, and reading them may write to the log.
  const opened: { settings?: SettingsService } = {}
  const { log, flush } = openLog(dataDir, () => {
    const { 'log.level': level, 'log.format': format } = opened.settings?.values ?? launchValues(launch)
    return { level, format }
  })
  const settings = openSettings(launch, log)
  opened.settings = settings
  const sandboxed = !app.commandLine.hasSwitch('no-sandbox')
  if (sandboxed) app.enableSandbox()
  else log.warn('sandbox disabled by --no-sandbox')
  registerAppScheme()
  const life = new Lifetime(log)
  const end = new Shutdown({ life, log, flush })
  reportCrashes(log, end)
  life.own('settings file', settings.follow(), (stop) => stop())
  log.info('starting', { ...appVersions(), dataDir, sandboxed, ...(flags.demo ? { demo: true } : {}) })
  const notice = runtimeNotice()
  if (notice !== undefined) log.warn('unsupported Electron version', { notice })
  await app.whenReady()
  end.handleSignals()
  try {
    await startApp({ launch, settings, dataDir, link, log, life, end })
  } catch (cause) {
    log.error('start failed', { cause })
    await end.run(1)
  }
}

/** Settings before the file is read. */
function launchValues({ fixed }: Launch): SettingValues {
  return effectiveSettings(fixed, {}).values
}

function openSettings({ flags, fixed, dataDir }: Launch, log: Log): SettingsService {
  const path = resolve(flags.config ?? join(dataDir, 'settings.json'))
  const store = new SettingsFileStore({ path, log: log.child({ part: 'settings' }), now: Date.now })
  if (flags.resetSettings) {
    const aside = store.reset()
    process.stdout.write(
      aside === undefined
        ? 'There were no settings to reset.\n'
        : `The settings were reset. The old file is ${aside}.\n`,
    )
  }
  return new SettingsService(store, fixed)
}

/** Creates the data folder and sets Electron's paths. Chromium's files go into its subfolder `browser`. */
function settleIn(dataDir: string): boolean {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    process.stderr.write(`ReMo: cannot create the data folder ${dataDir}: ${(cause as Error).message}\n`)
    return false
  }
  app.setName('ReMo')
  app.setPath('userData', dataDir)
  app.setPath('sessionData', join(dataDir, 'browser'))
  app.setPath('crashDumps', join(dataDir, 'browser', 'crashes'))
  app.setAppLogsPath(join(dataDir, 'logs'))
  if (process.platform === 'win32') app.setAppUserModelId('app.remo.console')
  return true
}
