import type { Acknowledgement, Alert } from '#shared/alert/alert.ts'
import { minuteMs, secondMs } from '#shared/format/time-units.ts'
import type { DataCalls } from '../../threads/data-calls.ts'
import type { ThreadHandlers } from '../../threads/protocol.ts'

interface Habit {
  readonly by: string
  readonly comment: string
  /** After the alert opened. */
  readonly afterMs: number
  /** Only in the history: alerts of the demo itself are left to the operator. */
  readonly isPast?: boolean
}

/** By node id. */
const habits: ReadonlyMap<string, Habit> = new Map([
  ['mail-1', { by: 'Ada', comment: 'Newsletter is being sent, ends within the hour.', afterMs: 95 * secondMs }],
  ['api-2', { by: 'Ada', comment: 'Restarted the worker.', afterMs: 80 * secondMs, isPast: true }],
])

/** Later than this, the colleague does nothing: the operator may have taken the acknowledgement back. */
const latestMs = 3 * minuteMs

export interface DemoColleagueDeps {
  readonly calls: Pick<ThreadHandlers<DataCalls>, 'alerts.list' | 'alerts.acknowledge'>
  /** Start of the demo, epoch ms. */
  readonly startedAt: number
}

/** A simulated colleague who acknowledges some alerts once, by the calls that the window uses. */
export class DemoColleague {
  readonly #deps: DemoColleagueDeps
  readonly #seen = new Set<string>()

  constructor(deps: DemoColleagueDeps) {
    this.#deps = deps
  }

  /** `at`: event time up to which records are stored, epoch ms. */
  async look(at: number): Promise<void> {
    const { calls } = this.#deps
    for (const alert of await calls['alerts.list']({ open: true })) {
      const acknowledgement = this.#acknowledgementOf(alert, at)
      if (!acknowledgement) continue
      this.#seen.add(alert.id)
      await calls['alerts.acknowledge']({ id: alert.id, acknowledgement })
    }
  }

  #acknowledgementOf(alert: Alert, now: number): Acknowledgement | undefined {
    const habit = habits.get(alert.nodeId)
    if (!habit || alert.acknowledgement || this.#seen.has(alert.id)) return undefined
    const { by, comment, afterMs, isPast = false } = habit
    const at = alert.openedAt + afterMs
    if (at > now || now - at > latestMs || (isPast && at > this.#deps.startedAt)) return undefined
    return { by, at, comment }
  }
}
