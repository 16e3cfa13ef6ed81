import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { app } from 'electron'
import type { ConsoleSettings } from '#shared/settings/console-settings.ts'
import { Lifetime } from '#shared/lifetime.ts'
import { openLog } from '../log/open-log.ts'
import { registerAppScheme } from '../windows/app-protocol.ts'
import { appVersions, runtimeNotice } from './app-info.ts'
import { reportCrashes, Shutdown } from './shutdown.ts'
import { startApp } from './start-app.ts'
import { defaultDataDir } from './state-file.ts'

/** Prepares Electron before it is ready, then starts the app. Exits with 2 if the data folder cannot be created. */
export async function runApp(settings: ConsoleSettings, link: string | undefined): Promise<void> {
  const dataDir = resolve(settings.dataDir ?? defaultDataDir(process.platform, process.env, homedir()))
  if (!settleIn(dataDir)) return app.exit(2)
  // The lock is in the data folder, so consoles with different folders can run at the same time.
  if (!app.requestSingleInstanceLock({ link })) {
    process.stdout.write('ReMo is already running with this data folder. Showing its window.\n')
    return app.exit(0)
  }
  const { log, flush } = openLog(dataDir, settings.logLevel)
  const sandboxed = !app.commandLine.hasSwitch('no-sandbox')
  if (sandboxed) app.enableSandbox()
  else log.warn('sandbox disabled by --no-sandbox')
  registerAppScheme()
  const life = new Lifetime(log)
  const end = new Shutdown({ life, log, flush })
  reportCrashes(log, end)
  log.info('starting', { ...appVersions(), dataDir, kafka: settings.brokers, topics: settings.topicPattern, sandboxed })
  const notice = runtimeNotice()
  if (notice !== undefined) log.warn('unsupported Electron version', { notice })
  await app.whenReady()
  end.handleSignals()
  try {
    await startApp({ settings, dataDir, link, log, life, end })
  } catch (cause) {
    log.error('start failed', { cause })
    await end.run(1)
  }
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
