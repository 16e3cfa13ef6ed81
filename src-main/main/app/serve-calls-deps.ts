import type { ConnectionParts } from '../connections/create-connections.ts'
import type { PageAddress } from '../windows/app-protocol.ts'
import type { AppUpdates } from '../updates/create-updates.ts'
import type { AppComponents } from './app-components.ts'
import type { AppShell } from './app-shell.ts'
import type { MetricsServer } from './metrics-server.ts'

export interface ServeCallsDeps {
  readonly components: AppComponents
  readonly appShell: AppShell
  readonly address: PageAddress
  readonly parts: ConnectionParts
  readonly metrics: MetricsServer
  readonly updates: AppUpdates
  /** A call was refused, because no connection was open. */
  readonly refused: () => void
}
