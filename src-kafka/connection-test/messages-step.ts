import { parsedJson } from '#shared/codec/codec.ts'
import { decodeAlertRecord, decodeRuleRecord } from '#shared/codec/record-codecs.ts'
import { neededVersion } from '#shared/codec/needs.ts'
import { ago } from '#shared/format/time.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { TestedMessage } from '#shared/settings/connection-test.ts'
import { decode, isFuture } from '#shared/metric/decode.ts'
import { forgottenNodeIn } from '#shared/team/forgotten-node.ts'
import { type TeamTopicKind, teamTopicKind, teamTopics } from '#shared/team/team-topics.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'
import { readLogRanges } from '../client/log-ranges.ts'
import { recordAt, type RunRecord } from '../records/record-at.ts'
import type { PartitionLogRange } from '../stream.ts'
import { BrokerError } from '../wire/error-codes.ts'
import { encodeFetchRequest } from '../wire/fetch-request.ts'
import { parseFetchResponse } from '../wire/fetch-response.ts'
import type { ClusterMetadata } from '../wire/metadata.ts'
import { readRecordBatches } from '../wire/record-batches.ts'
import type { Finding, Outcome } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { listed, messageOf, plural } from './test-sentences.ts'
import type { TopicsToRead } from './topics-step.ts'

/** A topic of each of the first names, and those of the team. */
const topicsAtMost = 6
const partitionsAtMost = 4
/** The newest offsets may be markers of transactions. */
const lookBack = 50
const maxBytes = 1024 * 1024
const noSession = { sessionId: 0, sessionEpoch: -1, forgotten: [], rack: '' } as const
/** Metric names in a sentence. */
const metricsNamed = 4

export interface MessagesCheck {
  readonly connections: BrokerConnections
  readonly metadata: ClusterMetadata
  readonly topics: TopicsToRead
}

/** Step 8: the newest message of some topics, as ReMo would read it. */
export async function readMessages(context: TestContext, check: MessagesCheck): Promise<Finding<undefined>> {
  const tested = [...check.topics.metrics.slice(0, topicsAtMost), ...check.topics.team]
  const messages = await Promise.all(
    tested.map(async (topic): Promise<TestedMessage> => {
      try {
        const record = await newestRecord(topic, check)
        return record ? messageIn(context, topic, record) : { topic, kind: 'none', text: `${topic} is empty.` }
      } catch (error) {
        context.signal.throwIfAborted()
        return { topic, kind: 'unknown', text: `${topic} could not be read: ${messageOf(error)}` }
      }
    }),
  )
  return { outcome: { ...outcomeOf(messages), messages }, found: undefined }
}

function outcomeOf(messages: readonly TestedMessage[]): Outcome {
  const of = (kind: TestedMessage['kind']): TestedMessage[] => messages.filter((message) => message.kind === kind)
  const [metrics, rejected, unknown] = [of('metrics'), of('rejected'), of('unknown')]
  const kinds = [...metrics.slice(0, 1), ...of('threshold').slice(0, 1), ...of('alert').slice(0, 1)]
  const text = kinds.map((message) => message.text).join(' ')
  if (unknown[0]) {
    return { state: 'failed', text: unknown[0].text, willNotWork: 'ReMo will not read this topic, and tries again.' }
  }
  if (rejected[0] && metrics.length === 0) {
    return {
      state: 'failed',
      text: `${rejected[0].text} Change the topic pattern, or what the producer sends.`,
      willNotWork: 'ReMo will show no nodes, and list these messages as rejected.',
    }
  }
  if (rejected[0]) return { state: 'warning', text: `${text} ReMo would skip others: ${rejected[0].text}` }
  if (metrics.length > 0) return { state: 'ok', text }
  return { state: 'warning', text: `No topic has a message with metrics yet. ${text}`.trim() }
}

/** The newest record of a few partitions of this topic, by its timestamp; `undefined` if they are empty. */
async function newestRecord(topic: string, check: MessagesCheck): Promise<RunRecord | undefined> {
  const { connections, metadata } = check
  const partitions = metadata.topics.find((one) => one.topic === topic)?.partitions ?? []
  const led = partitions.map(({ partition, leader }) => ({ topic, partition, leader }))
  if (led.every(({ leader }) => leader < 0)) throw new Error('no partition has a leader')
  const ranges = await readLogRanges(connections, led)
  const filled = ranges.filter(({ start, end }) => end > start).slice(0, partitionsAtMost)
  const records = await Promise.all(
    filled.map((range) =>
      lastRecord(connections, led.find(({ partition }) => partition === range.partition)?.leader ?? 0, range),
    ),
  )
  return records.filter((record) => record !== undefined).sort((a, b) => b.timestamp - a.timestamp)[0]
}

async function lastRecord(
  connections: BrokerConnections,
  leader: number,
  { topic, partition, start, end }: PartitionLogRange,
): Promise<RunRecord | undefined> {
  let newest: RunRecord | undefined
  for (let offset = Math.max(start, end - lookBack); offset < end;) {
    const partitions = [{ topic, partition, offset, maxBytes }]
    const request = encodeFetchRequest({ ...noSession, maxWaitMs: 100, minBytes: 1, maxBytes, partitions })
    const [fetched] = parseFetchResponse(await connections.fetch(leader, request)).partitions
    if (!fetched) return newest
    if (fetched.errorCode !== 0) throw new BrokerError(fetched.errorCode, `reading ${topic}`)
    const { pieces, next } = readRecordBatches(fetched.records, { from: offset, aborted: fetched.aborted })
    for (const piece of pieces) {
      if (piece.kind === 'records' && piece.run.count > 0) newest = recordAt(piece.run, piece.run.count - 1)
    }
    if (next <= offset) return newest
    offset = next
  }
  return newest
}

function messageIn({ connection, now }: TestContext, topic: string, record: RunRecord): TestedMessage {
  const kind = connection.team === undefined ? undefined : teamTopicKind(teamTopics(connection.team), topic)
  if (kind !== undefined) return teamMessage(topic, kind, record)
  const decoded = decode(record.value)
  const reject = decoded.ok ? futureReject(decoded.sample.at, record.timestamp) : decoded.reject.reason
  if (!decoded.ok || reject !== undefined) {
    return { topic, kind: 'rejected', text: `The newest message of ${topic} is none of ReMo (${reject ?? ''}).` }
  }
  const { nodeName, nodeId, names, at } = decoded.sample
  const what = `${plural(names.length, 'metric')} (${listed(names.map(shownText), metricsNamed)})`
  return {
    topic,
    kind: 'metrics',
    text: `${topic}: ${shownText(nodeName)} (${shownText(nodeId)}) with ${what}, ${ago(at, now())}.`,
  }
}

function futureReject(at: number, timestamp: number): string | undefined {
  return isFuture({ at }, timestamp) ? 'timestamp: more than five minutes ahead of the record' : undefined
}

function teamMessage(topic: string, kind: TeamTopicKind, { key, value }: RunRecord): TestedMessage {
  if (value === null) return { topic, kind: 'other', text: `${topic}: a deletion.` }
  if (forgottenNodeIn(key?.toString()) !== undefined)
    return { topic, kind: 'other', text: `${topic}: a forgotten node.` }
  const parsed = parsedJson(value.toString())
  if (!parsed.ok) return { topic, kind: 'rejected', text: `The newest message of ${topic} is not JSON.` }
  const read = kind === 'rules' ? decodeRuleRecord(parsed.value) : decodeAlertRecord(parsed.value)
  if (read.ok)
    return {
      topic,
      kind: kind === 'rules' ? 'threshold' : 'alert',
      text: `${topic}: ${kind === 'rules' ? 'a threshold' : 'an alert'} of the team.`,
    }
  const { unread } = read
  if (unread.kind === 'needs-newer')
    return {
      topic,
      kind: 'other',
      text: `${topic}: a message for ${neededVersion(unread.needs.version)}.`,
    }
  return { topic, kind: 'rejected', text: `The newest message of ${topic} is none of a backend (${unread.reason}).` }
}
