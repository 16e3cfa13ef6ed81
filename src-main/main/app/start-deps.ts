import type { ConsoleSettings } from '#shared/settings/console-settings.ts'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { Shutdown } from './shutdown.ts'

/** What the composition root begins with. */
export interface StartDeps {
  readonly settings: ConsoleSettings
  readonly dataDir: string
  /** `remo://…` that this start came with. */
  readonly link: string | undefined
  readonly log: Log
  readonly life: Lifetime
  readonly end: Shutdown
}
