import type { Alert, AlertNote } from '#shared/alert/alert.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { levelsText, ruleName } from '#shared/rule/rule-text.ts'
import { metricOfRule, type Rule } from '#shared/rule/rule.ts'
import { matchersText } from '#shared/silence/matcher-words.ts'
import type { Silence } from '#shared/silence/silence.ts'
import {
  isNoteChange,
  isRuleChange,
  isSilenceChange,
  silenceIdOf,
  type OperatorAction,
  type SilenceChange,
} from '#shared/team/operator-action.ts'

interface ActionContext {
  readonly alerts: readonly Alert[]
  readonly rules: readonly Rule[]
  readonly silences: readonly Silence[]
  readonly unitOf: (metric: string) => string
}

/** The change in one line: `Acknowledge node-2, CPU usage: “batch job”`. */
export function actionSentence({ change }: OperatorAction, context: ActionContext): string {
  const { alerts, rules, unitOf } = context
  if (change.kind === 'forget-node') return `Forget ${shownText(change.nodeId)}`
  if (isSilenceChange(change)) return silenceSentence(change, context)
  if (!isRuleChange(change)) {
    const alert = alerts.find(({ id }) => id === change.alertId)
    const name = alert
      ? `${shownText(alert.nodeId)}, ${metricInfo(alert.metric).label}`
      : 'an alert that no longer exists'
    if (change.kind === 'unacknowledge') return `Undo the acknowledgement of ${name}`
    if (isNoteChange(change)) return `${noteVerb(change.note)} ${name}${quoted(change.note.comment)}`
    const { comment } = change.acknowledgement
    return `Acknowledge ${name}${quoted(comment)}`
  }
  if (change.kind === 'remove-rule') {
    const rule = rules.find(({ id }) => id === change.ruleId)
    return `Delete the threshold ${rule ? ruleName(rule) : 'that no longer exists'}`
  }
  const { draft } = change
  const levels = levelsText(draft, unitOf(metricOfRule(draft))) || 'no data'
  const verb = change.ruleId === undefined ? 'Add' : 'Change'
  return `${verb} the threshold ${ruleName(draft)}: ${levels}${draft.enabled ? '' : ', off'}`
}

const quoted = (comment: string): string => (comment === '' ? '' : `: “${comment}”`)

function noteVerb({ kind, by, to }: AlertNote): string {
  if (kind === 'commented') return 'Comment on'
  return to === by ? 'Take over' : `Give ${shownText(to ?? '')}`
}

function silenceSentence(change: SilenceChange, { rules, silences }: ActionContext): string {
  if (change.kind === 'save-silence') {
    const { matchers, version, comment } = change.silence
    const verb = version === 1 ? 'Silence' : 'Change the silence of'
    return `${verb} ${matchersText(matchers, rules)}: “${comment}”`
  }
  const silence = silences.find(({ id }) => id === change.silenceId)
  return `Expire the silence ${silence ? `of ${matchersText(silence.matchers, rules)}` : 'that no longer exists'}`
}

/** The page and id of the alert, silence or threshold of an action, if it exists. */
export function actionTarget(
  { change }: OperatorAction,
  { alerts, rules, silences }: ActionContext,
): { page: 'alerts' | 'silences' | 'thresholds'; id: string } | undefined {
  if (change.kind === 'forget-node') return undefined
  if (isSilenceChange(change)) {
    const id = silenceIdOf(change)
    return silences.some((silence) => silence.id === id) ? { page: 'silences', id } : undefined
  }
  if (!isRuleChange(change)) {
    return alerts.some(({ id }) => id === change.alertId) ? { page: 'alerts', id: change.alertId } : undefined
  }
  const { ruleId } = change
  return rules.some(({ id }) => id === ruleId) && ruleId !== undefined ? { page: 'thresholds', id: ruleId } : undefined
}
