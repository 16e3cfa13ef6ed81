import { dayMs } from '#shared/format/time-units.ts'
import { apiError } from './problem.ts'

/** As long as a console keeps an action that it cannot send. */
const longestAgoDays = 7

interface ActionTimes {
  /** Epoch ms; `undefined`: now. */
  readonly at: number | undefined
  readonly now: number
  /** Place of `at` in the request: `body.at`. */
  readonly path: string
}

/**
 * When an operator did something, which may have been offline. The clock of a console may be ahead: its action counts
 * from now.
 * @throws ApiError `invalid_request`
 */
export function actedAt({ at, now, path }: ActionTimes): number {
  const done = Math.min(at ?? now, now)
  if (done >= now - longestAgoDays * dayMs) return done
  throw apiError('invalid_request', 'The time of this action is not valid.', {
    issues: [{ path, message: `expected a time in the last ${longestAgoDays} days` }],
  })
}
