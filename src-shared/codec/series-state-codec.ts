import type { Anchor } from '../alert/series.ts'
import type { SeriesState } from '../evaluation/series-state.ts'
import { type Codec, type Decoded, isObject, jsonCodec, wrongShape } from './codec.ts'

/**
 * Evaluation state of one series, as in `node.series` of PostgreSQL and in SQLite. Ingest transactions read thousands
 * of states, so the check is written by hand. A property test compares it with a schema.
 *
 * JSON has `silence` for `noData` and `midway` for `startUnknown`: replicas of version 0.1.0 read no other keys.
 */
export const seriesStateCodec: Codec<SeriesState> = jsonCodec({
  check: checkState,
  names: [
    { key: 'noData', wire: 'silence' },
    { key: 'startUnknown', wire: 'midway' },
  ],
})

const stateKeys: ReadonlySet<string> = new Set([
  'rule',
  'episode',
  'noData',
  'last',
  'ruleFrom',
  'startUnknown',
  'clearRun',
  'paceMs',
  'part',
  'steps',
  'parts',
  'resumedAt',
])

/** The keys that a newer version added to a state; `undefined` if there are none. */
export function unknownOfState(state: SeriesState): object | undefined {
  let unknown: Record<string, unknown> | undefined
  for (const key of Object.keys(state)) {
    if (!stateKeys.has(key)) (unknown ??= {})[key] = state[key as keyof SeriesState]
  }
  return unknown
}

type Fields = Readonly<Record<string, unknown>>

function checkState(content: object): Decoded<SeriesState> {
  const { rule, episode, noData, last, ruleFrom, startUnknown } = content as Fields
  if (rule !== null && !isRuleRef(rule)) return wrongShape('expected id and version', 'rule')
  if (!isEpisode(episode)) return wrongShape('expected an episode', 'episode')
  if (!isNoData(noData)) return wrongShape('expected ok or firing', 'silence')
  if (last !== null && !isAnchor(last)) return wrongShape('expected a record', 'last')
  if (!isTimeOrNone(ruleFrom)) return wrongShape('expected a time', 'ruleFrom')
  if (startUnknown !== undefined && startUnknown !== true) return wrongShape('expected true', 'midway')
  if (!isHoldOrNone((content as Fields).clearRun, ['clear'])) return wrongShape('expected times', 'clearRun')
  if (!hasPace(content as Fields)) return wrongShape('expected times', 'steps, paceMs, resumedAt, part or parts')
  return { ok: true, value: content as SeriesState }
}

function hasPace({ paceMs, steps, resumedAt, part, parts }: Fields): boolean {
  const hasNumbers = isTimeOrNone(paceMs) && isTimeOrNone(resumedAt) && (steps === undefined || isNumbers(steps))
  return hasNumbers && (part === undefined || typeof part === 'string') && (parts === undefined || areParts(parts))
}

function areParts(content: unknown): boolean {
  return Array.isArray(content) && content.every(isPartTimes)
}

function isPartTimes(content: unknown): boolean {
  if (!isObject(content)) return false
  const { part, at, steps } = content as Fields
  return typeof part === 'string' && typeof at === 'number' && (steps === undefined || isNumbers(steps))
}

function isNumbers(content: unknown): boolean {
  return Array.isArray(content) && content.every((number) => typeof number === 'number')
}

function isRuleRef(content: unknown): boolean {
  if (!isObject(content)) return false
  const { id, version } = content as Fields
  return typeof id === 'string' && Number.isSafeInteger(version)
}

function isEpisode(content: unknown): boolean {
  if (!isObject(content)) return false
  const { phase, since, alertId, criticalSince, ended, changes } = content as Fields
  if (changes !== undefined && !isNumbers(changes)) return false
  if (phase === 'ok') return isEndedOrNone(ended)
  if (!isAnchor(since) || typeof alertId !== 'string' || !isTimeOrNone(criticalSince)) return false
  return phase === 'firing' ? isFiring(content as Fields) : phase === 'pending' && isEndedOrNone(ended)
}

function isFiring({ severity, refires, hold, flapping }: Fields): boolean {
  if (severity !== 'warning' && severity !== 'critical') return false
  if (!isFlappingOrNone(flapping)) return false
  return (refires === undefined || Number.isSafeInteger(refires)) && isHoldOrNone(hold)
}

function isEndedOrNone(content: unknown): boolean {
  if (content === undefined) return true
  if (!isObject(content)) return false
  const { ruleId, at, refires } = content as Fields
  return typeof ruleId === 'string' && typeof at === 'number' && Number.isSafeInteger(refires)
}

function isHoldOrNone(content: unknown, required: readonly string[] = []): boolean {
  if (content === undefined) return true
  if (!isObject(content) || required.some((key) => !Object.hasOwn(content, key))) return false
  const { clear, below, stepMs } = content as Fields
  return isTimeOrNone(clear) && isTimeOrNone(below) && typeof stepMs === 'number'
}

function isFlappingOrNone(content: unknown): boolean {
  if (content === undefined) return true
  if (!isObject(content)) return false
  const { since, changes, steady } = content as Fields
  return typeof since === 'number' && Number.isSafeInteger(changes) && (steady === undefined || isSteady(steady))
}

function isSteady(content: unknown): boolean {
  if (!isObject(content)) return false
  const { zone, since, stepMs } = content as Fields
  if (zone !== 'clear' && zone !== 'warning' && zone !== 'critical') return false
  return typeof since === 'number' && typeof stepMs === 'number'
}

function isNoData(content: unknown): boolean {
  if (!isObject(content)) return false
  const { phase, alertId, anchor, rule, from } = content as Fields
  if (phase === 'ok') return true
  if (phase !== 'firing' || typeof alertId !== 'string' || !isAnchor(anchor)) return false
  return (rule === undefined || isRuleRef(rule)) && isTimeOrNone(from)
}

function isAnchor(content: unknown): content is Anchor {
  if (!isObject(content)) return false
  const { at, position } = content as Fields
  if (typeof at !== 'number' || !isObject(position)) return false
  const { topic, partition, offset } = position as Fields
  return typeof topic === 'string' && Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
}

/** JSON has neither NaN nor infinities. */
function isTimeOrNone(content: unknown): boolean {
  return content === undefined || typeof content === 'number'
}
