import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { effectiveSettings } from '#shared/settings/effective-settings.ts'
import { openLog } from '../log/open-log.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { registerAppScheme } from '../windows/app-protocol.ts'
import { appId } from './app-identity.ts'
import { appVersions, runtimeNotice } from './app-info.ts'
import { collectStarts } from './deep-links.ts'
import type { SecondStart } from './deep-links.ts'
import { homeFolder, settingsPath } from './home-folder.ts'
import type { Launch } from './launch.ts'
import { reportCrashes, Shutdown } from './shutdown.ts'
import { startApp } from './start-app.ts'

/**
 * Prepares Electron before it is ready, then starts the app. Exits with 2 if a folder cannot be created, or `--profile`
 * names no connection.
 */
export async function runApp(launch: Launch): Promise<void> {
  const { dataDir, link, flags } = launch
  const home = homeFolder(launch)
  if (!home.ok) process.stderr.write(`ReMo: ${home.problem}\n`)
  if (!home.ok || !settleIn(home.homeDir)) return app.exit(2)
  const { homeDir, profile } = home
  // The lock is in this folder, so consoles with different data folders or profiles can run at the same time.
  if (!takeLock(launch, profile)) return app.exit(0)
  const links = collectStarts(app)
  // The log needs the settings, and reading them may write to the log.
  const opened: { settings?: SettingsService } = {}
  const { log, flush } = openLog(homeDir, () => {
    const { 'log.level': level, 'log.format': format } = opened.settings?.values ?? launchValues(launch)
    return { level, format }
  })
  const settings = openSettings(launch, log)
  opened.settings = settings
  const sandboxed = !app.commandLine.hasSwitch('no-sandbox')
  if (sandboxed) app.enableSandbox()
  else log.warn('sandbox disabled by --no-sandbox')
  registerAppScheme()
  // A sound is no music: the desktop's media keys must not pause an alert.
  app.commandLine.appendSwitch('disable-features', 'HardwareMediaKeyHandling')
  const life = new Lifetime(log)
  const end = new Shutdown({ life, log, flush })
  reportCrashes(log, end)
  life.own('settings file', settings.follow(), (stop) => stop())
  const start = { ...(flags.demo ? { demo: true } : {}), ...(profile === undefined ? {} : { profile }) }
  log.info('starting', { ...appVersions(), dataDir, sandboxed, ...start })
  const notice = runtimeNotice()
  if (notice !== undefined) log.warn('unsupported Electron version', { notice })
  await app.whenReady()
  end.handleSignals()
  try {
    await startApp({ launch, settings, dataDir, homeDir, profile, link, links, log, life, end })
  } catch (cause) {
    log.error('start failed', { cause })
    await end.run(1)
  }
}

/** @returns whether no other ReMo runs in this folder. If one does, it gets what was asked for. */
function takeLock({ link, flags }: Launch, profile: string | undefined): boolean {
  const second: SecondStart = { link, doNotDisturb: flags.doNotDisturb }
  if (app.requestSingleInstanceLock({ ...second })) return true
  const which = profile === undefined ? 'with this data folder' : `with --profile ${profile}`
  const onlyPauses = flags.doNotDisturb !== undefined && link === undefined
  const what = onlyPauses ? `Passing on --do-not-disturb ${flags.doNotDisturb}.` : 'Showing its window.'
  process.stdout.write(`ReMo is already running ${which}. ${what}\n`)
  return false
}

/** Settings before the file is read. */
function launchValues({ fixed }: Launch): SettingValues {
  return effectiveSettings(fixed, {}).values
}

function openSettings(launch: Launch, log: Log): SettingsService {
  const { flags, fixed } = launch
  const store = new SettingsFileStore({
    path: settingsPath(launch),
    log: log.child({ part: 'settings' }),
    now: Date.now,
  })
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

/** Creates the folder of this instance and sets Electron's paths. Chromium's files go into its subfolder `browser`. */
function settleIn(homeDir: string): boolean {
  try {
    mkdirSync(homeDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    process.stderr.write(`ReMo: cannot create the data folder ${homeDir}: ${(cause as Error).message}\n`)
    return false
  }
  app.setName('ReMo')
  app.setPath('userData', homeDir)
  app.setPath('sessionData', join(homeDir, 'browser'))
  app.setPath('crashDumps', join(homeDir, 'browser', 'crashes'))
  app.setAppLogsPath(join(homeDir, 'logs'))
  if (process.platform === 'win32') app.setAppUserModelId(appId)
  return true
}
