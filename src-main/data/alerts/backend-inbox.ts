import { isDeepStrictEqual } from 'node:util'
import { withAcknowledgement } from '#shared/alert/acknowledgement.ts'
import { withoutNote } from '#shared/alert/note.ts'
import { isAlertChange, isNoteChange, type OperatorChange } from '#shared/team/operator-action.ts'
import type { TeamChange } from '../ingest/read-team-batch.ts'
import { InboxBatch, type InboxChanges, type InboxDeps } from './inbox-batch.ts'

/** Merges the records of the backend. Stages every change; the caller commits or rolls back. */
export class BackendInbox {
  readonly #deps: InboxDeps

  constructor(deps: InboxDeps) {
    this.#deps = deps
  }

  merge(changes: readonly TeamChange[]): InboxChanges {
    const batch = new InboxBatch(this.#deps)
    for (const change of changes) {
      if (change.kind === 'rule') batch.rule(change.record)
      else if (change.kind === 'alert') batch.alert(change.record)
      else if (change.kind === 'forgotten') batch.forget(change.node)
      else if (change.kind === 'silence') batch.silence(change.silence)
      else if (change.kind === 'silence-deleted') batch.deleteSilence(change.silenceId)
      else if (change.kind === 'mapping') batch.mapping(change.mapping)
      else if (change.kind === 'mapping-deleted') batch.deleteMapping(change.topic)
      else if (change.kind === 'deleted') batch.delete(change.alertId)
      else batch.defer(change.record)
    }
    batch.settleContradicted()
    return batch.changes()
  }

  /**
   * Another database: withdraws the alerts of the last one, except those that this console's own evaluation keeps
   * firing. Acknowledgements and notes that were not sent are removed. Nodes that it forgot are no longer hidden. Its
   * silences no longer match, and its mappings read nothing.
   * @param isOtherTeam withdraws all alerts: they fire by the thresholds of the last team
   */
  leaveAlerts(isOtherTeam: boolean): InboxChanges {
    const { store, evaluator, forgotten, silences, mappings } = this.#deps
    forgotten.stageClear()
    silences.stageClear()
    mappings.stageClear()
    const batch = new InboxBatch(this.#deps)
    if (isOtherTeam) evaluator.forgetEpisodes()
    for (const alertId of store.team.officialIds()) batch.delete(alertId)
    if (isOtherTeam) batch.withdrawAll()
    for (const { state, change } of store.team.actions()) if (state === 'waiting') this.#undo(change)
    return batch.changes()
  }

  /** Takes the effect of an action that was not sent from its alert. */
  #undo(change: OperatorChange): void {
    if (!isAlertChange(change)) return
    const { alerts } = this.#deps.evaluator
    const alert = alerts.find(change.alertId)
    if (alert === undefined) return
    if (isNoteChange(change)) return alerts.stageAlert(withoutNote(alert, change.note), [])
    const isThis = isDeepStrictEqual(alert.acknowledgement, change.acknowledgement)
    if (change.kind === 'acknowledge' && isThis) alerts.stageAlert(withAcknowledgement(alert, undefined), [])
  }
}
