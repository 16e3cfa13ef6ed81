/**
 * The only reader of flags and environment. Everything is parsed before anything opens, and all problems are listed.
 */
import { schemaMessage } from '#shared/format/schema-message.ts'
import { z } from 'zod'
import type { LogFormat } from '#shared/log-line.ts'
import { messageLimits } from '#shared/metric/message.ts'
import { type EnvironmentVariables, setVariables, type ReadText } from '#shared/settings/environment.ts'
import type { ProducerNode } from '../message.ts'
import type { ClientAccess } from '../../src-kafka/client/kafka-settings.ts'
import { type Flags, readFlags } from './producer-flags.ts'
import { producerKafka, kafkaConflicts, kafkaVariables } from './producer-kafka.ts'
import { usage } from './usage.ts'

export interface ProducerSettings {
  readonly nodes: readonly ProducerNode[]
  readonly source: 'host' | 'simulated'
  readonly intervalMs: number
  /** Partitions of a new topic. */
  readonly partitions: number
  readonly count: number | undefined
  readonly backlog: boolean
  readonly logFormat: LogFormat
  readonly kafka: ClientAccess
}

export type ProducerSettingsResult =
  | { readonly kind: 'run'; readonly settings: ProducerSettings }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'problems'; readonly problems: readonly string[] }

export interface ProducerSettingsInput {
  readonly argv: readonly string[]
  readonly env: EnvironmentVariables
  readonly readText: ReadText
}

/** With more topics, each costs every consumer more than its records. One keyed topic does not. */
const mostTopics = 200
const fleetTopic = { name: 'metrics-fleet', partitions: 8 }
/** Kafka's rule for topic names. */
const topicName = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/
const topicRule = 'letters, digits, dot, underscore and hyphen, at most 249'

const whole = (least: number) =>
  z.coerce
    .number(`a whole number from ${least}`)
    .int()
    .min(least)
    .max(2 ** 31)

const Input = z.object({
  ...kafkaVariables,
  NODE_ID: z.string().max(messageLimits.nodeId).optional(),
  NODE_NAME: z.string().max(messageLimits.nodeName).optional(),
  KAFKA_TOPIC: z.string().regex(topicName, topicRule).optional(),
  METRIC_INTERVAL: z.coerce.number('seconds, more than 0').min(0.001).max(86_400).default(5),
  METRIC_SOURCE: z.enum(['host', 'simulated']).optional(),
  SEED: whole(0).optional(),
  REMO_LOG_FORMAT: z.enum(['text', 'json'], 'expected text or json').default('text'),
  nodes: whole(1).max(1_000_000).optional(),
  prefix: z.string().regex(topicName, topicRule).max(100).default('load'),
  partitions: whole(1).max(10_000).optional(),
  count: whole(1).optional(),
  backlog: z.boolean().default(false),
})
type Input = z.infer<typeof Input>

/** Each is described in usage.ts. */
export const variableNames = Object.keys(Input.shape).filter((name) => name === name.toUpperCase())

export function readProducerSettings(input: ProducerSettingsInput): ProducerSettingsResult {
  let flags: Flags
  try {
    flags = readFlags(input.argv)
  } catch (error) {
    return { kind: 'problems', problems: [messageOf(error)] }
  }
  if (flags['help']) return { kind: 'help', text: usage }
  if (flags['version']) return { kind: 'version' }
  const environment = setVariables(input.env, variableNames, input.readText)
  if (environment.problems.length > 0) return { kind: 'problems', problems: environment.problems }
  const raw = { ...onlyOurs(environment.values), ...given(flags) }
  const parsed = Input.safeParse(raw, { error: schemaMessage })
  const problems = [...(parsed.error?.issues ?? []).map((issue) => sentence(issue, raw)), ...conflicts(raw)]
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems }
  try {
    return { kind: 'run', settings: settingsOf(parsed.data, input.readText) }
  } catch (error) {
    return { kind: 'problems', problems: [messageOf(error)] }
  }
}

/** Problems of values in combination. Takes the raw values, so that all problems are listed together. */
function conflicts(raw: Readonly<Record<string, unknown>>): string[] {
  return [...kafkaConflicts(raw), ...nodeConflicts(raw), ...backlogConflicts(raw)]
}

function nodeConflicts({ NODE_ID, KAFKA_TOPIC, METRIC_SOURCE, nodes }: Readonly<Record<string, unknown>>): string[] {
  if (nodes) return METRIC_SOURCE === 'host' ? ['--nodes: simulates nodes, so METRIC_SOURCE=host has no effect'] : []
  if (!NODE_ID) return ['NODE_ID: required without --nodes']
  if (KAFKA_TOPIC || topicName.test(`metrics-${String(NODE_ID)}`)) return []
  return [`NODE_ID: not valid in a topic name (${topicRule}). Set KAFKA_TOPIC (found "${String(NODE_ID)}")`]
}

function backlogConflicts({ backlog, count, nodes, METRIC_SOURCE }: Readonly<Record<string, unknown>>): string[] {
  if (!backlog) return []
  const simulated = nodes !== undefined || METRIC_SOURCE === 'simulated'
  return [
    ...(count ? [] : ['--backlog: requires --count']),
    ...(simulated ? [] : ['--backlog: requires --nodes or METRIC_SOURCE=simulated']),
  ]
}

function settingsOf(values: Input, readText: ProducerSettingsInput['readText']): ProducerSettings {
  const shared = values.nodes !== undefined && values.nodes > mostTopics
  const topic = values.KAFKA_TOPIC ?? (shared ? fleetTopic.name : undefined)
  return {
    nodes: values.nodes === undefined ? [oneNode(values)] : fleet(values, values.nodes, topic),
    source: values.nodes === undefined ? (values.METRIC_SOURCE ?? 'host') : 'simulated',
    intervalMs: values.METRIC_INTERVAL * 1000,
    partitions: values.partitions ?? (topic === fleetTopic.name ? fleetTopic.partitions : 1),
    count: values.count,
    backlog: values.backlog,
    logFormat: values.REMO_LOG_FORMAT,
    kafka: producerKafka(values, readText),
  }
}

function oneNode(values: Input): ProducerNode {
  const id = values.NODE_ID ?? ''
  return {
    id,
    name: values.NODE_NAME ?? id,
    topic: values.KAFKA_TOPIC ?? `metrics-${id}`,
    seed: values.SEED ?? Number(/\d{1,9}$/.exec(id)?.[0] ?? 1),
  }
}

function fleet(values: Input, count: number, topic: string | undefined): ProducerNode[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `${values.prefix}-${index + 1}`
    return { id, name: id, topic: topic ?? `metrics-${id}`, seed: (values.SEED ?? 1) + index }
  })
}

/** A variable of another program may have the name of a flag. */
function onlyOurs(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => variableNames.includes(name)))
}

function given(flags: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
}

function sentence(issue: z.core.$ZodIssue, raw: Record<string, unknown>): string {
  const name = String(issue.path[0])
  const label = name === name.toLowerCase() && !name.startsWith('-') ? `--${name}` : name
  const found = raw[name] === undefined || isSecret(name) ? '' : ` (found "${String(raw[name])}")`
  return `${label}: ${issue.message}${found}`
}

function isSecret(name: string): boolean {
  return name.includes('PASSWORD')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
