import { neededVersion } from '#shared/codec/needs.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { mappingTopicIn } from '#shared/metric/mapping/mapping-key.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { StoreNotice } from '../../store/store-types.ts'
import type { DeferredNeed } from '../../store/tables/deferred-record-table.ts'

/** Topics that the notice about mappings names. */
const namedTopics = 3

/** Notices about records that need a newer ReMo. They last until the upgrade, or until a readable record replaces them. */
export function deferredNotices({ team, rows }: Pick<ConsoleStore, 'team' | 'rows'>): StoreNotice[] {
  const needs = team.deferredNeeds()
  const isMapping = ({ about, key }: DeferredNeed): boolean => about === 'alerts' && mappingTopicIn(key) !== undefined
  const rules = needs.filter(({ about }) => about === 'rules')
  const mappings = needs.filter(isMapping)
  const alerts = needs.filter((need) => need.about === 'alerts' && !isMapping(need))
  const notices: StoreNotice[] = []
  const rulesNeed = rules.length > 0 ? neededBy(rules) : rows.rulesNeed()
  if (rulesNeed !== undefined) {
    const text = `Thresholds here need ${rulesNeed}; this version evaluates by the thresholds it understands.`
    notices.push({ id: 'thresholds-need-newer', severity: 'warning', text })
  }
  if (alerts.length > 0) {
    const text = `Alerts here need ${neededBy(alerts)}; this version shows the alerts it understands.`
    notices.push({ id: 'alerts-need-newer', severity: 'warning', text })
  }
  if (mappings.length > 0)
    notices.push({ id: 'mappings-need-newer', severity: 'warning', text: mappingsText(mappings) })
  return notices
}

/** The version that all of them need, in words. */
function neededBy(needs: readonly DeferredNeed[]): string {
  const highest = Math.max(...needs.map((need) => need.needs))
  return neededVersion(needs.find((need) => need.needs === highest)?.needsVersion)
}

function mappingsText(mappings: readonly DeferredNeed[]): string {
  const topics = mappings.map(({ key }) => shownText(mappingTopicIn(key) ?? ''))
  const [only, ...others] = topics
  const needed = neededBy(mappings)
  if (others.length === 0)
    return `A mapping of fields needs ${needed}. Metrics of topic ${only ?? ''} are not read by it here.`
  const more = topics.length - namedTopics
  const names = topics.slice(0, namedTopics).join(', ') + (more > 0 ? ` and ${more} more` : '')
  return `Mappings of fields need ${needed}. Metrics of topics ${names} are not read by them here.`
}
