import { userInfo } from 'node:os'
import { join } from 'node:path'
import { app, nativeImage } from 'electron'
import type { NativeImage } from 'electron'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import { hiddenDetails } from '#shared/notification/hidden-details.ts'
import { askCodesign, ownSignature } from '../notifications/code-signature.ts'
import { DoNotDisturb } from '../notifications/do-not-disturb.ts'
import { DoNotDisturbFile } from '../notifications/do-not-disturb-file.ts'
import type { HeldBackCounts } from '../notifications/notification-pause.ts'
import { Bus } from '../dbus/bus.ts'
import { sessionBusSockets } from '../dbus/bus-address.ts'
import { createPopupSystem } from '../notifications/create-popup-system.ts'
import { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import { NotificationsNotice } from '../notifications/notifications-notice.ts'
import { createSounds } from '../sounds/create-sounds.ts'
import type { Sounds } from '../sounds/sounds.ts'
import { startElectronKeychain } from '../secrets/electron-keychain.ts'
import { KeychainSecrets } from '../secrets/keychain-secrets.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import iconPath from '../windows/icon.png?asset'
import { WindowStateFile } from '../windows/window-state-file.ts'
import { AppHealth } from './app-health.ts'
import type { EarlyStarts } from './deep-links.ts'
import type { Launch } from './launch.ts'
import type { Shutdown } from './shutdown.ts'

/** Input of the composition root. */
export interface StartDeps {
  readonly launch: Launch
  readonly settings: SettingsService
  /** The data folder. */
  readonly dataDir: string
  /** Folder of this instance: its window state, its log, Chromium's files. The data folder, unless `--profile` is set. */
  readonly homeDir: string
  /** Id of the connection that `--profile` chose. */
  readonly profile: string | undefined
  /** `remo://…` link that the operating system passed to this start. */
  readonly link: string | undefined
  /** What other starts asked for until now. */
  readonly links: EarlyStarts
  readonly log: Log
  readonly life: Lifetime
  readonly end: Shutdown
}

/** Components that live as long as the app and need neither a window nor a connection. */
export interface AppComponents {
  readonly icon: NativeImage
  readonly stateFile: WindowStateFile
  readonly health: AppHealth
  readonly user: string
  readonly secrets: SecretStore
  readonly notifier: DesktopNotifier
  readonly sounds: Sounds
  readonly doNotDisturb: DoNotDisturb
  /** The session bus of a Linux desktop; `undefined` elsewhere. */
  readonly sessionBus: Bus | undefined
  /** Its lock as the last event said, for a connection that opens later. `isKnown`: something says it. */
  readonly screen: { isLocked: boolean; isKnown: boolean }
}

/**
 * @param held what is held back now, of the open connection
 * @param built folder of the build
 */
export function createAppComponents(
  deps: StartDeps,
  held: () => HeldBackCounts | undefined,
  built: string,
): AppComponents {
  const { homeDir, log, life } = deps
  const stateFile = new WindowStateFile(join(homeDir, 'window.json'), log.child({ part: 'window' }))
  life.own('window state', stateFile, () => stateFile.flush())
  const secrets = new KeychainSecrets({ start: startElectronKeychain, log: log.child({ part: 'keychain' }) })
  life.own('keychain', secrets, () => secrets.end())
  const health = new AppHealth(Date.now())
  const icon = nativeImage.createFromPath(iconPath)
  const sessionBus = createSessionBus(deps)
  const screen = { isLocked: false, isKnown: process.platform !== 'linux' }
  const notifier = createNotifier(deps, { health, icon, sessionBus, screen })
  const sounds = createSounds(deps, built)
  const doNotDisturb = createDoNotDisturb(deps, held)
  return {
    icon,
    stateFile,
    health,
    user: osUserName(),
    secrets,
    notifier,
    sounds,
    doNotDisturb,
    sessionBus,
    screen,
  }
}

function createSessionBus({ log, life }: StartDeps): Bus | undefined {
  if (process.platform !== 'linux') return undefined
  const bus = new Bus({ sockets: () => sessionBusSockets(process.env), log: log.child({ part: 'bus' }) })
  return life.own('session bus', bus, () => bus.end())
}

function createNotifier(
  { homeDir, settings, log, life }: StartDeps,
  { health, screen, ...parts }: Pick<AppComponents, 'health' | 'icon' | 'sessionBus' | 'screen'>,
): DesktopNotifier {
  const own = log.child({ part: 'notify' })
  const system = createPopupSystem({ ...parts, homeDir, log: own })
  const hides = ({ isInhibited }: { readonly isInhibited: boolean }) =>
    hiddenDetails(settings.values, { isLocked: screen.isLocked, isInhibited })
  const notifier = life.own('notifications', new DesktopNotifier({ system, hides, log: own }), (ending) => ending.end())
  settings.onChange(() => notifier.update())
  const notice = new NotificationsNotice(health)
  const learn = (): void => notice.learn({ problem: notifier.facts.problem, hasShown: notifier.hasShown })
  notifier.onFacts(learn)
  learn()
  void ownSignature({
    platform: process.platform,
    isPackaged: app.isPackaged,
    execPath: process.execPath,
    codesign: askCodesign,
  }).then((signature) => notice.learn({ signature }))
  return notifier
}

function createDoNotDisturb(
  { settings, dataDir, log }: StartDeps,
  held: () => HeldBackCounts | undefined,
): DoNotDisturb {
  const own = log.child({ part: 'notify' })
  const file = new DoNotDisturbFile(join(dataDir, 'do-not-disturb.json'), own)
  return new DoNotDisturb({ file, settings, held, now: Date.now, log: own })
}

/** Author of acknowledgements and thresholds on a console without a backend. */
function osUserName(): string {
  try {
    return userInfo().username
  } catch {
    return 'operator' // no entry in the user database, as in a bare container
  }
}
