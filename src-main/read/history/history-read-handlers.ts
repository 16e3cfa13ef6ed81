import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ZoneOffset } from '#shared/format/zone-time.ts'
import { historyCsvHeader, historyCsvLine } from '#shared/history/history-csv.ts'
import type { HistoryFact } from '#shared/history/history-figures.ts'
import { type HistoryPlace, placeOf } from '#shared/history/history-filter.ts'
import { rangeBefore, ReportCount, SummaryCount } from '#shared/history/history-report.ts'
import type { HistoryFilter } from '#shared/history/history.ts'
import type { HistoryReader } from '../../store/history-reader.ts'
import type { ReadStore } from '../../store/read-store.ts'
import type { HistoryReadCalls } from '../../threads/history-read-calls.ts'
import type { ThreadHandlers } from '../../threads/protocol.ts'
import { writeExportFile } from '../export-file.ts'

/** Alerts that are counted before a chart gets its turn: about 5 ms. */
const sliceAlerts = 2_000
/** Entries of one query while a file is written. */
const pageEntries = 500

export interface HistoryReadDeps {
  /** The open cache; after a restart of the data thread another one. */
  readonly opened: () => ReadStore
  /** Opens the cache once more, for a long reader. */
  readonly open: () => ReadStore
}

/** The calls about the history of alerts. */
export function historyReadHandlers({ opened, open }: HistoryReadDeps): ThreadHandlers<HistoryReadCalls> {
  return {
    'history.list': (request) => opened().history.page(request),
    'history.summary': async ({ filter, bars, older, now }) => {
      const count = new SummaryCount(filter, { bars, now })
      await addAll(count, { opened, filter, older })
      return count.summary
    },
    'history.report': async ({ from, to, zone, older, now }) => {
      const count = new ReportCount({ from, to }, { offsetAt: offsetOf(zone), now })
      await addAll(count, { opened, filter: { from: Math.max(rangeBefore({ from, to }).from, 0), to }, older })
      return count.report
    },
    'history.known': () => opened().history.known(),
    'history.has': ({ ids }) => opened().history.has(ids),
    'history.entry': ({ id }) => opened().history.entry(id) ?? null,
    'history.export': async ({ filter, path, zone, older }) => {
      const store = open()
      try {
        const lines = new HistoryCsv(store.history, filter, offsetOf(zone))
        await writeExportFile(path, lines.blocks(older))
        return { rows: lines.rows }
      } finally {
        store.close()
      }
    },
  }
}

interface CountSource {
  readonly opened: () => ReadStore
  readonly filter: HistoryFilter
  readonly older: readonly HistoryFact[]
}

/** Adds the alerts of the cache and then those of the backend that it does not have. Other calls come in between. */
async function addAll(
  count: { readonly add: (fact: HistoryFact) => void },
  { opened, filter, older }: CountSource,
): Promise<void> {
  let after: HistoryPlace | undefined
  for (;;) {
    const facts = opened().history.facts({ filter, after, limit: sliceAlerts })
    for (const fact of facts) count.add(fact)
    const last = facts.at(-1)
    if (last === undefined || facts.length < sliceAlerts) break
    after = { at: last.openedAt, id: last.id }
    await nextTurn()
  }
  const known = new Set(opened().history.has(older.map(({ id }) => id)))
  for (const fact of older) if (!known.has(fact.id)) count.add(fact)
}

/** Produces the lines of an export while they are written. */
class HistoryCsv {
  rows = 0
  readonly #history: HistoryReader
  readonly #filter: HistoryFilter
  readonly #offsetAt: ZoneOffset

  constructor(history: HistoryReader, filter: HistoryFilter, offsetAt: ZoneOffset) {
    this.#history = history
    this.#filter = filter
    this.#offsetAt = offsetAt
  }

  *blocks(older: readonly string[]): Generator<string> {
    yield historyCsvHeader
    let after: HistoryPlace | undefined
    for (;;) {
      const entries = this.#history.page({ filter: this.#filter, after, limit: pageEntries })
      this.rows += entries.length
      yield entries.map((entry) => historyCsvLine(entry, this.#offsetAt)).join('')
      const last = entries.at(-1)
      if (last === undefined || entries.length < pageEntries) break
      after = placeOf(last)
    }
    yield* older
  }
}

function offsetOf(zone: 'local' | 'utc'): ZoneOffset {
  return zone === 'utc' ? () => 0 : (at) => -new Date(at).getTimezoneOffset()
}
