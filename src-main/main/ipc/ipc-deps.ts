import type { AppInfo } from '#shared/ipc/contract.ts'
import type { BackendLink } from '#shared/session/operator-session.ts'
import type { DataCalls, DataEvents } from '../../threads/data-calls.ts'
import type { ReadCalls } from '../../threads/read-calls.ts'
import type { ThreadSupervisor } from '../../threads/supervisor.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { AboutCallDeps } from './about-deps.ts'
import type { ConnectionCallDeps } from './connection-handlers.ts'
import type { DoNotDisturb } from '../notifications/do-not-disturb.ts'
import type { DesktopPopup } from '../notifications/desktop-popup.ts'
import type { WindowToasts } from '../notifications/window-toasts.ts'
import type { SourceCallDeps } from './source-deps.ts'
import type { Sounds } from '../sounds/sounds.ts'
import type { UpdatesCallDeps } from './updates-handlers.ts'
import type { SettingsCallDeps } from './settings-handlers.ts'
import type { CurrentHealth } from '../app/current-health.ts'

export type DataThread = ThreadSupervisor<DataCalls, DataEvents>
export type ReadThread = ThreadSupervisor<ReadCalls>

/** Dependencies of the IPC handlers, while one connection is open. */
export interface IpcDeps {
  readonly info: () => AppInfo
  readonly health: Pick<CurrentHealth, 'report'>
  readonly data: Pick<DataThread, 'call'>
  readonly read: Pick<ReadThread, 'call'>
  /** Asks the operator for a file; `undefined` if they canceled. */
  readonly chooseFile: (name: string) => Promise<string | undefined>
  /** Asks for a file of thresholds: to open, or to save under this name. `undefined` if they canceled. */
  readonly ruleFiles: {
    readonly choose: () => Promise<string | undefined>
    readonly save: (name: string) => Promise<string | undefined>
  }
  /** Asks for a file of mappings, to save under this name. `undefined` if they canceled. */
  readonly mappingFile: (name: string) => Promise<string | undefined>
  /** Author of acknowledgements without a backend: the user of this computer. */
  readonly user: string
  /** The operator session, if a backend is configured. */
  readonly session: BackendSession | undefined
  /** Probes the backend immediately, if one is configured, and looks again for missing secrets and files. */
  readonly probeBackend: (() => void) | undefined
  /** Asks the backend now, if one is configured. */
  readonly checkBackend: (() => Promise<BackendLink>) | undefined
  /** Shows a notification. @returns why it was not shown, without a full stop */
  readonly notify: (popup: DesktopPopup) => Promise<string | undefined>
  readonly toasts: Pick<WindowToasts, 'list' | 'act'>
  readonly sounds: Pick<Sounds, 'test'>
  /** Asks for an audio file; `undefined` if the operator canceled. */
  readonly chooseSound: () => Promise<string | undefined>
  readonly doNotDisturb: Pick<DoNotDisturb, 'view' | 'request'>
  /** Brings the window to the front. */
  readonly open: () => void
  readonly settings: SettingsCallDeps
  readonly connections: ConnectionCallDeps
  readonly sources: SourceCallDeps
  /** Paths. `cache`: of the connection in use. */
  readonly folders: () => { readonly data: string; readonly logs: string; readonly cache: string }
  /** Ends the connection in use and opens it again. */
  readonly reopen: () => Promise<void>
  readonly about: AboutCallDeps
  readonly updates: UpdatesCallDeps
  /** Epoch ms. */
  readonly now: () => number
}
