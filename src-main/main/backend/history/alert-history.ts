import { z } from 'zod'
import { dayMs, hourMs } from '#shared/format/time-units.ts'
import type { ZoneOffset } from '#shared/format/zone-time.ts'
import { historyCsvLine } from '#shared/history/history-csv.ts'
import { byPlace, type HistoryPlace, isAfter, placeOf } from '#shared/history/history-filter.ts'
import type { HistoryFact } from '#shared/history/history-figures.ts'
import { rangeBefore } from '#shared/history/history-report.ts'
import type { AlertEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import type { IpcReply, IpcRequest } from '#shared/ipc/contract.ts'
import { getAlertOperation } from '#shared/rest/alerts.ts'
import { CallError } from '../../../threads/call-error.ts'
import type { KnownHistory } from '../../../threads/history-read-calls.ts'
import type { ReadThread } from '../../ipc/ipc-deps.ts'
import { callErrorOf } from '../rest/backend-failure.ts'
import type { CallBackend } from '../rest/rest-client.ts'
import { entryOfItem, type Older, olderFacts, olderPage } from './older-alerts.ts'

/** A range that begins less than this before the cache counts as within it: the cache drops now and then. */
const slackMs = hourMs
/** Entries of one request for an export. */
const exportPage = 500
/** Requests for one page, which leave out what is shown already. */
const mostPages = 50

export interface AlertHistoryDeps {
  readonly read: Pick<ReadThread, 'call'>
  /** `undefined` without a backend. */
  readonly call: CallBackend | undefined
  /** Days that the cache keeps. */
  readonly keepDays: () => number
  /** Epoch ms. */
  readonly now: () => number
}

/** Where the next page begins: the last place that was shown, and the cursor of the backend. */
const Cursor = z.tuple([z.number(), z.string(), z.string().nullable()])

interface PageStart {
  readonly after?: HistoryPlace
  /** Cursor of the backend. */
  readonly older?: string | undefined
}

/** An entry of the backend, and the cursor of its page. */
interface OlderEntry {
  readonly entry: AlertEntry
  readonly cursor: string | undefined
}

/**
 * The history of alerts: from the cache and, before the cache begins, from the backend. An alert that the cache has is
 * never taken from the backend: it may know more of it, and is what the rest of the window shows.
 */
export class AlertHistory {
  readonly #deps: AlertHistoryDeps

  constructor(deps: AlertHistoryDeps) {
    this.#deps = deps
  }

  /** @throws CallError `bad-request` for a cursor that is none */
  async list({ filter, cursor, limit }: IpcRequest<'history.list'>): Promise<IpcReply<'history.list'>> {
    const start = cursor === undefined ? {} : startOf(cursor)
    return { ...(await this.#page(filter, start, limit)), ...(await this.#missingOf(filter)) }
  }

  async summary({ filter, bars }: IpcRequest<'history.summary'>): Promise<IpcReply<'history.summary'>> {
    const { facts, ...missing } = await this.#olderFacts(filter)
    const now = this.#deps.now()
    const reply = await this.#deps.read.call('history.summary', { filter, bars, older: facts, now })
    return { ...reply, ...missing }
  }

  async report(range: IpcRequest<'history.report'>, zone: 'local' | 'utc'): Promise<IpcReply<'history.report'>> {
    const { read, now } = this.#deps
    const before = rangeBefore(range)
    const { facts, ...missing } = await this.#olderFacts({ from: Math.max(before.from, 0), to: range.to })
    const reply = await read.call('history.report', { ...range, zone, older: facts, now: now() })
    const isKnown = missing.missingReason === undefined && (await this.#isKnown(before.from, reply.before.fired > 0))
    return { ...reply, before: isKnown ? reply.before : null, ...(await this.#missingIn(range, missing)) }
  }

  /** @throws CallError `not-found`, or why the backend did not answer */
  async entry(id: string): Promise<AlertEntry> {
    const { read, call } = this.#deps
    const cached = await read.call('history.entry', { id })
    if (cached) return cached
    const notFound = new CallError('not-found', 'This alert is not in the history any more.')
    if (!call) throw notFound
    const response = await call(getAlertOperation, { params: { id } })
    if (!response.ok) throw callErrorOf(response.failure)
    const entry = entryOfItem(response.body)
    if (!entry) throw notFound
    return entry
  }

  /** Writes all entries of the filter to a file, newest first. */
  async export(
    filter: HistoryFilter,
    { path, zone, offsetAt }: { readonly path: string; readonly zone: 'local' | 'utc'; readonly offsetAt: ZoneOffset },
  ): Promise<{ readonly rows: number; readonly missingReason?: string | undefined }> {
    const border = await this.#borderIn(filter)
    const older: string[] = []
    let count = 0
    let reason: string | undefined
    let start: PageStart | undefined = border === null ? undefined : {}
    const wanted = { ...filter, to: Math.min(filter.to, border ?? filter.from) }
    while (start) {
      const { entries, next, missingReason } = await this.#page(wanted, start, exportPage)
      older.push(entries.map((entry) => historyCsvLine(entry, offsetAt)).join(''))
      count += entries.length
      reason ??= missingReason
      start = next === undefined ? undefined : startOf(next)
    }
    const newer = border === null ? filter : { ...filter, from: Math.max(filter.from, border) }
    const { rows } = await this.#deps.read.call('history.export', { filter: newer, path, zone, older })
    const missing = reason === undefined ? await this.#missingOf(filter) : { missingReason: reason }
    return { rows: rows + count, ...missing }
  }

  async #page(filter: HistoryFilter, start: PageStart, limit: number): Promise<IpcReply<'history.list'>> {
    const { after } = start
    const border = await this.#borderIn(filter)
    const cached = await this.#deps.read.call('history.list', {
      filter,
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    })
    const isCachedOnly = border === null || cached.filter((entry) => placeOf(entry).at >= border).length > limit
    if (isCachedOnly) return pageOf({ entries: cached, cursors: new Map() }, start, limit)
    const older = await this.#older({ ...filter, to: Math.min(filter.to, border) }, start, limit)
    if (!older.ok) {
      const page = pageOf({ entries: cached, cursors: new Map() }, start, limit)
      return { ...page, missingReason: older.missingReason }
    }
    // The cache may have dropped some meanwhile.
    const shown = new Set(cached.map((entry) => placeOf(entry).id))
    const fresh = older.value.filter(({ entry }) => !shown.has(entry.alert.id))
    const cursors = new Map<HistoryEntry, string | undefined>(fresh.map(({ entry, cursor }) => [entry, cursor]))
    const entries = [...cached, ...cursors.keys()].sort((a, b) => byPlace(placeOf(a), placeOf(b)))
    return pageOf({ entries, cursors }, start, limit)
  }

  /** More than `limit` entries that the cache does not have, if there are so many. */
  async #older(filter: HistoryFilter, { after, older }: PageStart, limit: number): Promise<Older<OlderEntry[]>> {
    const { call } = this.#deps
    const found: OlderEntry[] = []
    let cursor = older
    for (let page = 0; call && filter.from < filter.to && page < mostPages && found.length <= limit; page++) {
      const answer = await olderPage(call, filter, { cursor, limit: limit + 1 })
      if (!answer.ok) return answer
      const fresh = answer.value.entries.filter((entry) => isAfter(placeOf(entry), after))
      const known = new Set(await this.#deps.read.call('history.has', { ids: fresh.map(({ alert }) => alert.id) }))
      found.push(...fresh.filter(({ alert }) => !known.has(alert.id)).map((entry) => ({ entry, cursor })))
      cursor = answer.value.next
      if (cursor === undefined) break
    }
    return { ok: true, value: found }
  }

  async #olderFacts(
    filter: HistoryFilter,
  ): Promise<{ readonly facts: readonly HistoryFact[]; readonly missingReason?: string | undefined }> {
    const border = await this.#borderIn(filter)
    const { call } = this.#deps
    if (border === null || !call) return { facts: [], ...(await this.#missingOf(filter)) }
    const older = await olderFacts(call, { ...filter, to: Math.min(filter.to, border) })
    return older.ok ? { facts: older.value } : { facts: [], missingReason: older.missingReason }
  }

  /** What opened before it is asked from the backend, too; `null`: nothing is. It moves with the clock. */
  async #borderIn({ from }: Pick<HistoryFilter, 'from'>): Promise<number | null> {
    if (!this.#deps.call) return null
    const border = this.#borderOf(await this.#known())
    return from < border ? border : null
  }

  /** Without a backend, nothing is known before the cache. */
  async #missingOf({ from }: Pick<HistoryFilter, 'from'>): Promise<{ readonly missingReason?: string }> {
    const { call, keepDays } = this.#deps
    if (call || from >= this.#borderOf(await this.#known()) - slackMs) return {}
    const days = keepDays()
    return {
      missingReason: `This console keeps alerts for ${days} ${days === 1 ? 'day' : 'days'}. Older ones are not shown.`,
    }
  }

  /** What is missing of the range before says nothing of this one. */
  async #missingIn(range: IpcRequest<'history.report'>, missing: { readonly missingReason?: string | undefined }) {
    if (!this.#deps.call) return this.#missingOf(range)
    return (await this.#borderIn(range)) === null ? {} : missing
  }

  /** Whether the cache, or a backend that has answered, knows what happened since then. */
  async #isKnown(from: number, hasAlerts: boolean): Promise<boolean> {
    if (this.#deps.call) return true
    const known = await this.#known()
    if (this.#borderOf(known) - from > slackMs) return false
    return hasAlerts || (known.oldest !== null && known.oldest <= from + slackMs)
  }

  #known(): Promise<KnownHistory> {
    return this.#deps.read.call('history.known', {})
  }

  /** The cache has every alert that opened since then. */
  #borderOf({ from }: KnownHistory): number {
    const { now, keepDays } = this.#deps
    return Math.max(from ?? -Infinity, now() - keepDays() * dayMs)
  }
}

interface Found {
  /** In order; more than a page if there is a next one. */
  readonly entries: readonly HistoryEntry[]
  /** Of those of the backend: the cursor of their page. */
  readonly cursors: ReadonlyMap<HistoryEntry, string | undefined>
}

function pageOf({ entries, cursors }: Found, start: PageStart, limit: number): IpcReply<'history.list'> {
  const shown = entries.slice(0, limit)
  const last = shown.at(-1)
  if (last === undefined || entries.length <= limit) return { entries: shown }
  const newestOlder = shown.findLast((entry) => cursors.has(entry))
  const older = newestOlder === undefined ? start.older : cursors.get(newestOlder)
  return { entries: shown, next: cursorOf({ after: placeOf(last), older }) }
}

function cursorOf({ after, older }: PageStart & { readonly after: HistoryPlace }): string {
  const values: z.infer<typeof Cursor> = [after.at, after.id, older ?? null]
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws CallError `bad-request` */
function startOf(cursor: string): PageStart {
  const read = Cursor.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()))
  if (!read.success) throw new CallError('bad-request', 'The place in the list is not valid. Start at the first page.')
  const [at, id, older] = read.data
  return { after: { at, id }, older: older ?? undefined }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
