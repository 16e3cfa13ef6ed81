import type { ConnectionToTest } from '#shared/settings/connection-test.ts'
import type { Address } from './probe-connection.ts'

/** What every step uses. */
export interface TestContext {
  readonly connection: ConnectionToTest
  /** The configured brokers, each once. */
  readonly addresses: readonly Address[]
  readonly signal: AbortSignal
  /** Epoch ms. */
  readonly now: () => number
  /** IP addresses of a host name. @throws Node's error of the lookup */
  readonly lookup: (host: string) => Promise<string[]>
}
