import { isAhead } from '#shared/format/time.ts'
import type { ConsoleStore } from '../store/console-store.ts'
import type { LatestNode, LatestPart } from '../store/store-types.ts'
import { ForgottenNodes } from './alerts/forgotten-nodes.ts'
import { SeriesEvaluator } from './alerts/series-evaluator.ts'
import { Silences } from './alerts/silences.ts'
import type { DataThreadOptions } from '../threads/data-calls.ts'
import { teamOf } from './ingest/team-ingest.ts'
import { TopicMappings } from './ingest/topic-mappings.ts'
import { LiveValues } from './live/live-values.ts'

/** The newest values of the cache. */
export function storedValues(
  store: ConsoleStore,
  [latest, parts]: readonly [readonly LatestNode[], readonly LatestPart[]],
): LiveValues {
  const units = new Map(store.samples.metrics().map(({ name, unit }) => [name, unit]))
  const values = new LiveValues()
  values.restore(latest, parts, (metric) => units.get(metric) ?? '')
  return values
}

interface StoredStateDeps {
  readonly options: Pick<DataThreadOptions, 'hasBackend' | 'team' | 'mappings'>
  readonly now: () => number
}

/** What the last run left, without what was known of forgotten nodes. The evaluation resumes where it stopped. */
export function storedState(store: ConsoleStore, { options, now }: StoredStateDeps) {
  const { hasBackend, team = '', mappings: own = [] } = options
  const series = store.samples.series()
  const isOtherTeam = hasBackend && teamOf(store) !== team
  const forgotten = new ForgottenNodes(isOtherTeam ? [] : store.forgottenNodes(), series)
  const latest = forgotten.presentNodes(store.samples.latest(), series)
  const names = new Map(latest.map(({ id, name }) => [id, name]))
  const evaluator = new SeriesEvaluator({
    series: forgotten.presentSeries(series),
    openAlerts: store.alerts.firing(),
    nameOf: (nodeId) => names.get(nodeId) ?? nodeId,
    findStored: (id) => store.alerts.get(id),
    ...(hasBackend ? { backend: store.team } : {}),
  })
  const silences = new Silences({ store, hasBackend, now }, isOtherTeam)
  const mappings = new TopicMappings({ store, hasBackend, own }, isOtherTeam)
  const parts = forgotten.presentParts(store.samples.latestParts(), series)
  return { latest, parts, forgotten, silences, mappings, evaluator }
}

/** Newest event time that is not from the future, epoch ms; `null` without any. */
export function newestOf(latest: readonly LatestNode[], now: number): number | null {
  return latest.reduce<number | null>(
    (newest, { at }) => (isAhead(at, now) ? newest : Math.max(newest ?? at, at)),
    null,
  )
}
