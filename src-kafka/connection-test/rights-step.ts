import { X509Certificate } from 'node:crypto'
import { type AclTopics, certificatePrincipal, grantReadCommand, literalPrefix } from '#shared/settings/acl-command.ts'
import type { ConnectionToTest } from '#shared/settings/connection-test.ts'
import type { RawRequest } from '../client/kafka-internals.ts'
import { errorCode } from '../wire/error-codes.ts'
import { encodeMetadataRequest, metadataVersion, readMetadataResponse, type TopicMetadata } from '../wire/metadata.ts'
import { WireReader } from '../wire/wire-reader.ts'
import type { Finding } from './step-report.ts'
import { listed } from './test-sentences.ts'
import type { TopicsToRead } from './topics-step.ts'

/** Bit of `operations`: the code of Read in Kafka's `AclOperation`. */
const read = 1 << 3
const groupAuthorizationFailed = 30
const commandsAtMost = 10

/** A topic that does not exist: Kafka says whether this user may know that. */
const noTopic = 'remo-connection-test'

export interface RightsCheck {
  readonly connection: ConnectionToTest
  readonly topics: TopicsToRead
  readonly ask: (request: RawRequest) => Promise<Buffer>
  /** Brokers before Kafka 2.8 do not tell. */
  readonly tellsRights: boolean
}

interface Missing {
  readonly grants: readonly AclTopics[]
  readonly text: string
  /** Whether ReMo reads something without it. */
  readonly isAll: boolean
}

/**
 * Step 7: Read and Describe on the topics. A console belongs to no consumer group; if the user has
 * no rights on groups, the text says that none are required.
 */
export async function checkRights(check: RightsCheck): Promise<Finding<undefined>> {
  const { topics, connection } = check
  const names = [...topics.metrics, ...topics.team]
  const groups = await groupSentence(check)
  if (!check.tellsRights) {
    const text = `This Kafka is older than 2.8 and does not tell rights; the next step reads. ${groups}`
    return { outcome: { state: 'ok', text }, found: undefined }
  }
  const missing = names.length === 0 ? await missingOnPattern(check) : missingOn(await metadataOf(check, names), check)
  if (missing) {
    const bootstrap = connection.brokers[0] ?? ''
    const commands = missing.grants
      .slice(0, commandsAtMost)
      .map((grant) => grantReadCommand(bootstrap, principalOf(connection), grant))
    return {
      outcome: {
        state: 'failed',
        text: `${missing.text} Grant it with: ${commands[0] ?? ''}`,
        commands,
        willNotWork: missing.isAll
          ? 'ReMo will read nothing: Kafka refuses these topics.'
          : 'ReMo will stop reading: Kafka refuses a topic that matches.',
      },
      found: undefined,
    }
  }
  const text =
    names.length === 0
      ? 'No topic to read yet.'
      : `Read and Describe on ${names.length === 1 ? 'the topic' : `all ${names.length} topics`}.`
  return { outcome: { state: 'ok', text: `${text} ${groups}` }, found: undefined }
}

function missingOn(
  topics: readonly TopicMetadata[],
  { connection, topics: { metrics } }: RightsCheck,
): Missing | undefined {
  const refused = topics.filter(
    ({ operations, errorCode: code }) =>
      code === errorCode.topicAuthorizationFailed || (operations !== undefined && (operations & read) === 0),
  )
  if (refused.length === 0) return undefined
  const names = refused.map(({ topic }) => topic).sort()
  const prefix = literalPrefix(connection.topicPattern)
  const all = metrics.length > 0 && metrics.every((topic) => names.includes(topic))
  const named = names.filter((topic) => !(all && prefix !== '' && metrics.includes(topic)))
  return {
    text: `${userOf(connection)} may not read ${listed(names)}: Read is missing.`,
    grants: [
      ...(all && prefix !== '' ? [{ pattern: 'prefixed', name: prefix } as const] : []),
      ...named.map((name) => ({ pattern: 'literal', name }) as const),
    ],
    isAll: names.length === topics.length,
  }
}

/** Without a topic to look at: whether this user may describe one that the pattern would match. */
async function missingOnPattern(check: RightsCheck): Promise<Missing | undefined> {
  const prefix = literalPrefix(check.connection.topicPattern)
  const [answer] = await metadataOf(check, [`${prefix}${noTopic}`])
  if (answer?.errorCode !== errorCode.topicAuthorizationFailed) return undefined
  const grants: AclTopics[] = [
    prefix === '' ? { pattern: 'literal', name: '*' } : { pattern: 'prefixed', name: prefix },
  ]
  const about = prefix === '' ? 'any topic' : `topics ${prefix}…`
  return {
    text: `${userOf(check.connection)} may not see ${about}: Read and Describe are missing.`,
    grants,
    isAll: true,
  }
}

async function metadataOf({ ask }: RightsCheck, topics: readonly string[]): Promise<readonly TopicMetadata[]> {
  const body = encodeMetadataRequest({ topics, operations: true })
  return readMetadataResponse(await ask({ apiKey: 3, apiVersion: metadataVersion, apiName: 'Metadata', body })).topics
}

/** Kafka checks the right before it looks for the group, so a group that does not exist tells. */
async function groupSentence({ ask }: RightsCheck): Promise<string> {
  const group = Buffer.from('remo-console')
  const body = Buffer.alloc(4 + 2 + group.length)
  body.writeInt32BE(1, 0)
  body.writeInt16BE(group.length, 4)
  group.copy(body, 6)
  const reader = new WireReader(await ask({ apiKey: 15, apiVersion: 0, apiName: 'DescribeGroups', body }))
  const hasOne = reader.arrayLength() > 0
  const isRefused = hasOne && reader.int16() === groupAuthorizationFailed
  return isRefused
    ? 'This login has no rights on consumer groups, and ReMo needs none.'
    : 'Rights on consumer groups are not needed.'
}

function userOf({ security }: ConnectionToTest): string {
  return security?.sasl?.username ?? 'This login'
}

/** Kafka's name of this client, if the brokers use their default rules. */
function principalOf({ security }: ConnectionToTest): string {
  if (security?.sasl) return `User:${security.sasl.username}`
  if (!security?.ssl?.cert) return 'User:ANONYMOUS'
  return certificatePrincipal(new X509Certificate(security.ssl.cert).subject)
}
