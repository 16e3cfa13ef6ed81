import type { Health } from '../health/health.ts'

/** What decides whether ReMo may stop watching for some seconds. */
export interface Watching {
  readonly health: Health['kind']
  /** Alerts that fire and are not resolved, acknowledged or not, as far as is known. */
  readonly firing: number
  /** Simulated servers: their alerts are nobody's. */
  readonly isDemo: boolean
}

/**
 * Whether an update may be installed, or ReMo restarted for it: never while an alert fires, and not while catching up,
 * because an alert may fire with the next record. Blind, it may: ReMo sees nothing then, and the update may be what
 * repairs that.
 * @returns one sentence, if not
 */
export function installBlock({ health, firing, isDemo }: Watching): string | undefined {
  if (isDemo) return undefined
  if (firing > 0) {
    const alerts = firing === 1 ? 'An alert fires' : `${firing} alerts fire`
    return `${alerts}. ReMo installs no update while an alert fires, because it does not watch while it restarts.`
  }
  if (health === 'catching-up')
    return 'ReMo is catching up, and an alert may fire at any time. Install the update when it is live.'
  return undefined
}

/** From the start to the first check, ms: first the console itself. */
const firstCheckMs = 60_000
/** Between two checks, ms. */
const nextCheckMs = 86_400_000
/** After a failed check, ms. */
const retryMs = 3_600_000

/**
 * When the feed is asked next without a request, epoch ms.
 * @param checked the last check of this run
 */
export function nextCheckAt(
  startedAt: number,
  checked: { readonly at: number; readonly ok: boolean } | undefined,
): number {
  if (checked === undefined) return startedAt + firstCheckMs
  return checked.at + (checked.ok ? nextCheckMs : retryMs)
}
