import { recordAt, type RunRecord } from '../records/record-at.ts'
import type { RecordRun } from '../records/record-run.ts'
import { partitionKey, type PartitionLogRange, type TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import { encodeFetchRequest } from '../wire/fetch-request.ts'
import { type FetchedPartition, parseFetchResponse } from '../wire/fetch-response.ts'
import { readRecordBatches } from '../wire/record-batches.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'

/** A record of a partition. */
export interface SampledRecord extends RunRecord {
  readonly partition: number
}

/** What was found of one partition, the newest records first. `refused`: Kafka's name of the error. */
export interface PartitionSample extends TopicPartition {
  readonly records: readonly SampledRecord[]
  readonly refused?: string
}

export interface NewestQuestion {
  readonly ranges: readonly PartitionLogRange[]
  /** Records of each partition. */
  readonly records: number
  /** Bytes of each partition. A first batch beyond it comes whole. */
  readonly bytes: number
}

/**
 * How far before the end a partition is read. The last offsets may be markers of transactions, or gone by compaction:
 * then it is read from farther back.
 */
const lookBacks = [1, 20, 400, 8_000, Infinity] as const
const noSession = { sessionId: 0, sessionEpoch: -1, forgotten: [], rack: '' } as const
/** What is asked for is there already. */
const atOnce = { maxWaitMs: 0, minBytes: 0 } as const

interface Open {
  readonly range: PartitionLogRange
  readonly from: number
}

/** What a look at a partition found. `isFull`: the bytes were used up before the end of the log. */
interface Look extends PartitionSample {
  readonly isFull: boolean
}

/**
 * The newest records of partitions that one broker leads, read without a consumer group. What compaction or
 * transactions left out is made up by looking farther back.
 * @throws if the broker does not answer
 */
export async function newestRecords(
  connections: Pick<BrokerConnections, 'fetch'>,
  leader: number,
  { ranges, records, bytes }: NewestQuestion,
): Promise<PartitionSample[]> {
  const found = new Map<string, Look>()
  let open = ranges.filter(({ start, end }) => end > start)
  for (const lookBack of lookBacks) {
    if (open.length === 0) break
    const asked = open.map((range) => ({ range, from: Math.max(range.start, range.end - lookBack * records) }))
    for (const look of await lookFrom(connections, leader, { asked, records, bytes })) {
      found.set(partitionKey(look), joined(found.get(partitionKey(look)), look, records))
    }
    open = asked.filter((one) => isShort(found.get(partitionKey(one.range)), one, records)).map(({ range }) => range)
  }
  return ranges.map(({ topic, partition }) => {
    const { records: newest = [], refused } = found.get(partitionKey({ topic, partition })) ?? {}
    return { topic, partition, records: newest, ...(refused === undefined ? {} : { refused }) }
  })
}

/** Fewer records than wanted are left up to the end, and there are earlier offsets. */
function isShort(look: Look | undefined, { range, from }: Open, atMost: number): boolean {
  if (from <= range.start || look?.refused !== undefined || look?.isFull) return false
  return (look?.records.length ?? 0) < atMost
}

/** The newest of both, without those that both have. */
function joined(before: Look | undefined, after: Look, atMost: number): Look {
  if (!before) return after
  const byOffset = new Map([...after.records, ...before.records].map((record) => [record.offset, record]))
  return { ...after, records: [...byOffset.values()].sort((a, b) => b.offset - a.offset).slice(0, atMost) }
}

interface Ask {
  readonly asked: readonly Open[]
  readonly records: number
  readonly bytes: number
}

/** One fetch of all; then further ones of each alone, up to the end of its log. */
async function lookFrom(
  connections: Pick<BrokerConnections, 'fetch'>,
  leader: number,
  { asked, records, bytes }: Ask,
): Promise<Look[]> {
  const looks: Look[] = []
  const together = await fetchOf(connections, leader, { asked, bytes })
  for (const one of asked) {
    const look = new PartitionLook(one, { records, bytes })
    look.take(together.get(partitionKey(one.range)))
    while (look.goesOn)
      look.take((await fetchOf(connections, leader, { asked: [look.next], bytes })).get(partitionKey(one.range)))
    looks.push(look.found)
  }
  return looks
}

async function fetchOf(
  connections: Pick<BrokerConnections, 'fetch'>,
  leader: number,
  { asked, bytes }: Pick<Ask, 'asked' | 'bytes'>,
): Promise<Map<string, FetchedPartition>> {
  const partitions = asked.map(({ range: { topic, partition }, from: offset }) => ({
    topic,
    partition,
    offset,
    maxBytes: bytes,
  }))
  const maxBytes = bytes * asked.length
  const request = encodeFetchRequest({ ...noSession, ...atOnce, maxBytes, partitions })
  const { partitions: fetched } = parseFetchResponse(await connections.fetch(leader, request))
  return new Map(fetched.map((one) => [partitionKey(one), one]))
}

/** Fetches of one look at a partition: each has records of one segment of the log only. */
const fetchesAtMost = 10

/** Reads a partition from one offset to its end. */
class PartitionLook {
  readonly #range: PartitionLogRange
  readonly #limits: Pick<Ask, 'records' | 'bytes'>
  #offset: number
  #fetches = 0
  #bytes = 0
  #isOver = false
  #refused: string | undefined
  #records: SampledRecord[] = []

  constructor({ range, from }: Open, limits: Pick<Ask, 'records' | 'bytes'>) {
    this.#range = range
    this.#offset = from
    this.#limits = limits
  }

  get goesOn(): boolean {
    return !this.#isOver && !this.#isFull
  }

  get next(): Open {
    return { range: this.#range, from: this.#offset }
  }

  get found(): Look {
    const { topic, partition } = this.#range
    const refused = this.#refused === undefined ? {} : { refused: this.#refused }
    return { topic, partition, records: this.#records.toReversed(), isFull: this.#isFull && !this.#isOver, ...refused }
  }

  get #isFull(): boolean {
    return this.#bytes >= this.#limits.bytes || this.#fetches >= fetchesAtMost
  }

  /** @param fetched `undefined` if the broker said nothing of it */
  take(fetched: FetchedPartition | undefined): void {
    this.#fetches++
    if (!fetched || fetched.errorCode !== errorCode.none) return this.#end(fetched?.errorCode ?? errorCode.none)
    const { records, aborted } = fetched
    // In a fetch of several partitions, only the first one gets a batch that is larger than asked for.
    if (records.length === 0) return this.#fetches === 1 ? undefined : this.#end(errorCode.none)
    const { pieces, next } = readRecordBatches(records, { from: this.#offset, aborted })
    for (const piece of pieces) if (piece.kind === 'records') this.#add(piece.run)
    this.#bytes += records.length
    if (next <= this.#offset || next >= this.#range.end) this.#isOver = true
    this.#offset = next
  }

  #add(run: RecordRun): void {
    const { partition } = this.#range
    const first = Math.max(0, run.count - this.#limits.records)
    for (let i = first; i < run.count; i++) this.#records.push({ ...recordAt(run, i), partition })
    this.#records = this.#records.slice(-this.#limits.records)
  }

  /** After a passing error, or if retention has removed the offset, nothing is known; that is no refusal. */
  #end(code: number): void {
    this.#isOver = true
    if (code === errorCode.none || isPassing(code) || code === errorCode.offsetOutOfRange) return
    this.#refused = new BrokerError(code, this.#range.topic).type
  }
}
