import { randomUUID } from 'node:crypto'
import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { isInhibited } from '#shared/alert/inhibit.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import { connectedConsoles, forgetShownAsCritical, shownAsCritical } from '../consoles/service.ts'
import type { Db } from '../db/db.ts'
import { OpenSilences } from '../silences/open-silences.ts'
import {
  deleteTracked,
  readAlerts,
  readCritical,
  readMessageAlerts,
  readOfflineNodes,
  readTracked,
  saveTracked,
  type TrackedRow,
} from './alerts-repo.ts'
import { alertsMessage } from './make-message.ts'
import { deleteMessage, findWaiting, insertMessage, noteRun, tryChannelLock } from './messages-repo.ts'
import { type AlertFacts, type ChannelPlan, planChannel } from './plan-channel.ts'

const offAfterHours = 24
const messageEverySeconds = 60

export interface PlanRunDeps {
  /** Hash of the configuration. */
  readonly target: Buffer
  readonly team: string
  readonly afterMinutes: number
}

/** Looks at the critical alerts, and makes a message if one is due. In one transaction. */
export class PlanRun {
  readonly #deps: PlanRunDeps
  readonly #silences = new OpenSilences()
  /** Critical alerts as they were last read: most of them do not change between two runs. */
  #known = new Map<string, { readonly version: number; readonly alert: NodeAlert }>()

  constructor(deps: PlanRunDeps) {
    this.#deps = deps
  }

  /**
   * @returns `false` if another replica plans at this moment
   * @throws NeedsNewerError if an alert needs a newer version
   */
  async run(db: Db): Promise<boolean> {
    if (!(await tryChannelLock(db))) return false
    const { target, afterMinutes } = this.#deps
    const run = await noteRun(db, target, { offAfterHours, messageEverySeconds })
    // Before the tracked alerts: a message whose result is being stored is locked until that is done.
    const waiting = await findWaiting(db)
    const tracked = await readTracked(db)
    const alerts = await this.#factsOf(db, tracked, run.now)
    const id = randomUUID()
    const facts = {
      ...run,
      afterMs: afterMinutes * minuteMs,
      alerts,
      waiting,
      tracked: tracked.map((row) => row.tracked),
    }
    await this.#apply(db, planChannel(facts, id), { id, now: run.now })
    return true
  }

  async #factsOf(db: Db, tracked: readonly TrackedRow[], now: number): Promise<Map<string, AlertFacts>> {
    const critical = await this.#criticalAlerts(db)
    const ids = critical.map(({ id }) => id)
    const [offline, silences, shown] = [
      await readOfflineNodes(db),
      await this.#silences.index(db, now),
      await shownAsCritical(db, ids),
    ]
    const facts = new Map<string, AlertFacts>()
    for (const { tracked: row, isFiring, isCritical } of tracked) {
      facts.set(row.alertId, { isFiring, isCritical, isHeld: row.held, isShown: false })
    }
    for (const alert of critical) {
      const isHeld = isAcknowledged(alert, now) || isInhibited(alert, offline) || silences.isSilenced(alert, now)
      facts.set(alert.id, { isFiring: true, isCritical: true, isHeld, isShown: shown.has(alert.id) })
    }
    return facts
  }

  async #criticalAlerts(db: Db): Promise<NodeAlert[]> {
    const versions = await readCritical(db)
    const changed = versions.filter(({ id, version }) => this.#known.get(id)?.version !== version)
    const read =
      changed.length === 0
        ? []
        : await readAlerts(
            db,
            changed.map(({ id }) => id),
          )
    const fresh = new Map(read.map(({ id, version, alert }) => [id, { version, alert }]))
    this.#known = new Map(
      versions.flatMap(({ id }) => {
        const known = fresh.get(id) ?? this.#known.get(id)
        return known ? [[id, known] as const] : []
      }),
    )
    return [...this.#known.values()].map(({ alert }) => alert)
  }

  async #apply(db: Db, plan: ChannelPlan, { id, now }: { readonly id: string; readonly now: number }): Promise<void> {
    if (plan.message) {
      const about = await readMessageAlerts(db, plan.message.about)
      const { team, afterMinutes } = this.#deps
      const facts = { id, now, team, afterMinutes, connectedConsoles: await connectedConsoles(db) }
      const content = alertsMessage(about, facts)
      await insertMessage(db, { content, alerts: about.length, replaces: plan.replaces, isNew: plan.message.isNew })
    }
    if (plan.replaces !== undefined) await deleteMessage(db, plan.replaces)
    await saveTracked(db, plan.track)
    await deleteTracked(db, plan.forget)
    if (plan.forgetShown.length > 0) await forgetShownAsCritical(db, plan.forgetShown)
  }
}
