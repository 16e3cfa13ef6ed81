import { createHash } from 'node:crypto'
import {
  forgottenNodeCodec,
  knownOfAlertJson,
  knownOfSilence,
  knownOfTopicMapping,
  ruleCodec,
  silenceCodec,
  topicMappingCodec,
} from '#shared/codec/domain-codecs.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingTopicIn } from '#shared/metric/mapping/mapping-key.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { silenceIn } from '#shared/silence/silence-key.ts'
import { type ForgottenNode, forgottenNodeIn } from '#shared/team/forgotten-node.ts'
import { databaseHeader, type TeamTopicKind } from '#shared/team/team-topics.ts'
import { z } from 'zod'
import type { LogRecord } from '../../src-kafka/consume/read-to-end.ts'

/** A rule as consoles know it. `version`: the highest one published. */
export interface PublishedRule {
  readonly version: number
  /** Of the key's last record, which a new console reads. */
  readonly lastVersion: number
  /** Readable versions in the record of the highest version, oldest first. */
  readonly versions: readonly Rule[]
}

/** An alert, a silence or a mapping as consoles know it. `content`: see `alertHash`, `silenceHash` and `mappingHash`. */
export interface PublishedRecord {
  /** The highest one published. */
  readonly version: number
  /** Of the key's last record. */
  readonly lastVersion: number
  readonly content: string
}

export interface PublishedMapping extends PublishedRecord {
  /** That of the highest version; `undefined` if only a newer version can read it. */
  readonly record: TopicMapping | undefined
}

const RuleVersions = z.object({
  rule: z.looseObject({ id: z.uuid(), version: z.int().min(1) }),
  earlier: z.array(z.unknown()).catch([]),
})
const AlertVersion = z.object({ version: z.int().min(1), alert: z.looseObject({}) })

/** A forgotten node as consoles know it: its last record. `at`: epoch ms, its version. */
export interface PublishedForgottenNode {
  readonly at: number
  readonly content: string
}

const SilenceVersion = z.looseObject({ id: z.uuid(), version: z.int().min(1) })
const MappingVersion = z.looseObject({ topic: z.string(), version: z.int().min(1) })

/**
 * Contents of the team topics, collected record by record: what consoles know of each key, and which databases
 * published.
 */
export class PublishedRecords {
  readonly rules = new Map<string, PublishedRule>()
  readonly alerts = new Map<string, PublishedRecord>()
  /** By node id. */
  readonly forgotten = new Map<string, PublishedForgottenNode>()
  readonly silences = new Map<string, PublishedRecord>()
  /** By the topic that is mapped. */
  readonly mappings = new Map<string, PublishedMapping>()
  /** Ids of databases that published records of this kind; '' for records without an id. */
  readonly publishers: Readonly<Record<TeamTopicKind, Set<string>>> = { rules: new Set(), alerts: new Set() }
  /** Ids of databases that claimed the topics, in the order of the log. */
  readonly claims: string[] = []

  add(kind: TeamTopicKind, { key, value, headers }: Pick<LogRecord, 'key' | 'value' | 'headers'>): void {
    const database = headers[databaseHeader] ?? ''
    if (value === null && key === database) {
      this.claims.push(database)
      return
    }
    this.publishers[kind].add(database)
    if (kind === 'rules') this.#rule(key, value)
    else this.#alert(key, value)
  }

  #rule(key: string, value: string | null): void {
    const { data } = RuleVersions.safeParse(parsed(value))
    if (data?.rule.id !== key) return
    const { version } = data.rule
    const before = this.rules.get(key)
    if (before && before.version > version) {
      this.rules.set(key, { ...before, lastVersion: version })
      return
    }
    const versions = [...data.earlier, data.rule].flatMap((text) => {
      const rule = ruleCodec.decode(text)
      return rule.ok && rule.value.id === key ? [rule.value] : []
    })
    this.rules.set(key, { version, lastVersion: version, versions })
  }

  #alert(key: string, value: string | null): void {
    const nodeId = forgottenNodeIn(key)
    if (nodeId !== undefined) {
      this.#forgottenNode(nodeId, value)
      return
    }
    const silenceId = silenceIn(key)
    if (silenceId !== undefined) {
      this.#silence(silenceId, value)
      return
    }
    const topic = mappingTopicIn(key)
    if (topic !== undefined) {
      this.#mapping(topic, value)
      return
    }
    if (value === null) {
      this.alerts.delete(key)
      return
    }
    const { data } = AlertVersion.safeParse(parsed(value))
    if (data === undefined) return
    const before = this.alerts.get(key)
    const { version } = data
    const newest = before && before.version > version ? before : { version, content: alertHash(data.alert) }
    this.alerts.set(key, { ...newest, lastVersion: version })
  }

  #silence(id: string, value: string | null): void {
    if (value === null) {
      this.silences.delete(id)
      return
    }
    const { data } = SilenceVersion.safeParse(parsed(value))
    if (data?.id !== id) return
    const before = this.silences.get(id)
    const { version } = data
    const newest = before && before.version > version ? before : { version, content: silenceHash(data) }
    this.silences.set(id, { ...newest, lastVersion: version })
  }

  #mapping(topic: string, value: string | null): void {
    if (value === null) {
      this.mappings.delete(topic)
      return
    }
    const { data } = MappingVersion.safeParse(parsed(value))
    if (data?.topic !== topic) return
    const before = this.mappings.get(topic)
    const { version } = data
    const newest = before && before.version > version ? before : { version, ...publishedMapping(data) }
    this.mappings.set(topic, { ...newest, lastVersion: version })
  }

  #forgottenNode(nodeId: string, value: string | null): void {
    const read = value === null ? undefined : forgottenNodeCodec.decode(parsed(value))
    if (value === null) this.forgotten.delete(nodeId)
    else if (read?.ok && read.value.nodeId === nodeId) {
      this.forgotten.set(nodeId, { at: read.value.at, content: forgottenHash(read.value) })
    }
  }
}

/**
 * Equal for silences that this version reads as the same, whatever the order of their keys. The version is left out: it
 * is compared apart.
 */
export function silenceHash(content: object): string {
  const decoded = silenceCodec.decode(content)
  return hashWithoutVersion(decoded.ok ? knownOfSilence(decoded.value) : content)
}

/** As `silenceHash`, of what a team has for a topic. */
export function mappingHash(mapping: TopicMapping): string {
  return hashWithoutVersion(knownOfTopicMapping(mapping))
}

function publishedMapping(content: object): Pick<PublishedMapping, 'content' | 'record'> {
  const decoded = topicMappingCodec.decode(content)
  return decoded.ok
    ? { content: mappingHash(decoded.value), record: decoded.value }
    : { content: hashWithoutVersion(content), record: undefined }
}

/** Equal for records of a forgotten node that say the same. */
export function forgottenHash(node: ForgottenNode): string {
  return JSON.stringify(sorted(forgottenNodeCodec.encode(node)))
}

/** Equal for alerts that this version reads as the same, whatever the order of their keys. */
export function alertHash(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(knownOfAlertJson(content))))
    .digest('base64')
}

function hashWithoutVersion(content: object): string {
  const { version: _, ...rest } = content as { version?: unknown }
  return JSON.stringify(sorted(rest))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, item]) => [name, sorted(item)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function parsed(value: string | null): unknown {
  try {
    return value === null ? undefined : JSON.parse(value)
  } catch {
    return undefined
  }
}
