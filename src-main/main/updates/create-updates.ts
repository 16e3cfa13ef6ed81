import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { app, session } from 'electron'
import { installationOf } from '#shared/update/installation.ts'
import type { Installation } from '#shared/update/installation.ts'
import { readFeed } from '#shared/update/update-feed.ts'
import type { UpdateFeed } from '#shared/update/update-feed.ts'
import { manifestNameOf } from '#shared/update/update-manifest.ts'
import type { PackageKind } from '#shared/update/update-manifest.ts'
import type { Watching } from '#shared/update/update-rules.ts'
import type { UpdatesView } from '#shared/update/updates-view.ts'
import type { StartDeps } from '../app/app-components.ts'
import { appVersions } from '../app/app-info.ts'
import { trustExtraAuthorities } from '../backend/extra-authorities.ts'
import { canAskPassword, installDeb } from './install-deb.ts'
import { canReplace, replaceAppImage } from './replace-appimage.ts'
import type { UpdaterEngine } from './updater-engine.ts'
import { Updates } from './updates.ts'
import { VersionHistory } from './whats-new.ts'

/** Text of CHANGELOG.md. electron.vite.config.ts replaces it. */
declare const __REMO_CHANGELOG__: string

export interface CreateUpdatesDeps {
  readonly watching: () => Watching
  readonly onChange: (view: UpdatesView) => void
}

export interface AppUpdates {
  readonly updates: Updates
  readonly versions: VersionHistory
}

/** Creates the updates of this app. They ask nobody before `updates.start`. */
export function createUpdates(start: StartDeps, { watching, onChange }: CreateUpdatesDeps): AppUpdates {
  const { settings, dataDir, homeDir, end } = start
  const log = start.log.child({ part: 'updates' })
  const { version } = appVersions()
  const appImage = process.env['APPIMAGE']
  const installation = installationHere(appImage)
  const cacheDir = join(homeDir, 'updates')
  const updates = new Updates({
    installed: version,
    installation,
    appImage,
    feed: () => readFeed({ feed: settings.values['updates.feed'], key: settings.values['updates.key'] }),
    asksItself: () => settings.values['updates.check'],
    createEngine: async (feed) => createEngine(feed, { ...packageOf(installation), version, cacheDir, log }),
    ability: async () => ({
      canAskPassword: canAskPassword(),
      canReplaceAppImage: appImage !== undefined && (await canReplace(appImage)),
    }),
    installDeb,
    replaceAppImage: (file, sha512) => replaceAppImage(appImage ?? '', file, sha512),
    watching,
    end: (relaunch) => {
      if (relaunch) app.relaunch(relaunchOptions(appImage))
      void end.run(0)
    },
    onChange,
    now: Date.now,
    log,
  })
  end.atLast((code) => updates.last(code))
  const versions = new VersionHistory({
    path: join(homeDir, 'versions.json'),
    version,
    changelog: __REMO_CHANGELOG__,
    ranBefore: ['window.json', 'remo.sqlite'].some((name) => existsSync(join(dataDir, name))),
    log,
  })
  // What the version before has downloaded is installed by now.
  if (versions.isChanged) void rm(cacheDir, { recursive: true, force: true })
  return { updates, versions }
}

function installationHere(appImage: string | undefined): Installation {
  const path = join(process.resourcesPath, 'package-type')
  const packageType = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  return installationOf({ isPackaged: app.isPackaged, platform: process.platform, appImage, packageType })
}

function packageOf(installation: Installation): { readonly type: PackageKind } {
  if (installation.kind === 'unsupported') throw new Error(installation.reason) // no engine is asked for then
  return installation
}

interface EngineParts {
  readonly type: PackageKind
  readonly version: string
  readonly cacheDir: string
  readonly log: StartDeps['log']
}

/** The library is loaded here first: without a feed it never is. */
async function createEngine(
  feed: Extract<UpdateFeed, { kind: 'set' }>,
  { type, version, cacheDir, log }: EngineParts,
): Promise<UpdaterEngine> {
  const { UpdaterEngine: Engine } = await import('./updater-engine.ts')
  // A session of its own, in memory: proxies and authorities of this computer, no cookies, no cache.
  const network = session.fromPartition('updates', { cache: false })
  trustExtraAuthorities(network, { path: process.env['NODE_EXTRA_CA_CERTS'], log, now: Date.now })
  return new Engine({
    type,
    arch: process.arch,
    manifestName: manifestNameOf(process.platform, process.arch),
    feed,
    installed: version,
    cacheDir,
    configPath: join(process.resourcesPath, 'app-update.yml'),
    fetch: (url, init) => network.fetch(url, init),
    log,
  })
}

/** A running AppImage is mounted in a folder that goes with it, so its file is started. A link was for this start only. */
function relaunchOptions(appImage: string | undefined): Electron.RelaunchOptions {
  const args = process.argv.slice(1).filter((argument) => !argument.startsWith('remo:'))
  return { args, ...(appImage === undefined ? {} : { execPath: appImage }) }
}
