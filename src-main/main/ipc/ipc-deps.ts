import type { AppInfo } from '#shared/ipc/contract.ts'
import type { DataCalls, DataEvents } from '../../threads/data-calls.ts'
import type { ReadCalls } from '../../threads/read-calls.ts'
import type { ThreadSupervisor } from '../../threads/supervisor.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { CurrentHealth } from '../app/current-health.ts'

export type DataThread = ThreadSupervisor<DataCalls, DataEvents>
export type ReadThread = ThreadSupervisor<ReadCalls>

/** What the handlers of the window's calls stand on. */
export interface IpcDeps {
  readonly info: () => AppInfo
  readonly health: Pick<CurrentHealth, 'report'>
  readonly data: Pick<DataThread, 'call'>
  readonly read: Pick<ReadThread, 'call'>
  /** Asks the operator for a file; `undefined` when they changed their mind. */
  readonly chooseFile: (name: string) => Promise<string | undefined>
  /** Who acknowledges here where there is no backend: the user of this computer. */
  readonly user: string
  /** Where a backend is configured: who works here, and the way to it. */
  readonly session: BackendSession | undefined
  /** Where a backend is configured: asks at once whether it is there. */
  readonly probeBackend: (() => void) | undefined
  /** Epoch ms. */
  readonly now: () => number
}
