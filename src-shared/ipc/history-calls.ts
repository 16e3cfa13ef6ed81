import { z } from 'zod'
import { AlertId } from '../alert/alert.ts'
import { HistoryBar, HistoryEntry, HistoryFigures, HistoryFilter, NoisyNode, NoisyRule } from '../history/history.ts'
import { epochMs } from './fields.ts'

/** A part of the history that could not be read: one sentence, for example that the backend is unreachable. */
const missingReason = z.string().optional()
const cursor = z.string().max(500)

/** Calls about the history of alerts. The cache has 14 days; with a backend, what is older comes from there. */
export const historyCalls = {
  /** `next`: the cursor of the next page; absent after the last one. A cursor belongs to its filter. */
  'history.list': {
    request: z.strictObject({ filter: HistoryFilter, cursor: cursor.optional(), limit: z.int().min(1).max(500) }),
    reply: z.strictObject({ entries: z.array(HistoryEntry), next: cursor.optional(), missingReason }),
  },
  /** Histogram of `bars` equal intervals (fewer if the range has fewer ms), figures, and the node with most alerts. */
  'history.summary': {
    request: z.strictObject({ filter: HistoryFilter, bars: z.int().min(1).max(200) }),
    reply: z.strictObject({
      bars: z.array(HistoryBar),
      figures: HistoryFigures,
      noisiest: z.strictObject({ nodeId: z.string(), nodeName: z.string(), fired: z.number() }).optional(),
      missingReason,
    }),
  },
  /**
   * Figures of the range and of the range of the same length before it (`null` if that is not known). `days`: by day of
   * the zone of the settings; the first may begin before `from`. Rules and nodes: the 50 with most alerts.
   */
  'history.report': {
    request: z.strictObject({ from: epochMs, to: epochMs }),
    reply: z.strictObject({
      days: z.array(HistoryBar),
      now: HistoryFigures,
      before: HistoryFigures.nullable(),
      rules: z.array(NoisyRule),
      nodes: z.array(NoisyNode),
      missingReason,
    }),
  },
  /** The entry of one alert; `not-found` if neither the cache nor the backend has it. */
  'history.entry': { request: z.strictObject({ id: AlertId }), reply: HistoryEntry },
  /** Opens the native save dialog. `rows` counts entries. */
  'history.export': {
    request: z.strictObject({ filter: HistoryFilter }),
    reply: z.union([
      z.strictObject({ saved: z.literal(true), path: z.string(), rows: z.number(), missingReason }),
      z.strictObject({ saved: z.literal(false) }),
    ]),
  },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
