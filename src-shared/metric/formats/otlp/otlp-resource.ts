import { isCleanText, messageLimits } from '../../message.ts'
import type { Tag } from '../../metric-name.ts'
import { isNodeId, shownValue } from '../readings.ts'

/** Attributes that name the node: the first one that is there. */
const nodeAttributes = ['host.name', 'k8s.node.name', 'k8s.pod.name', 'service.instance.id', 'service.name'] as const

/**
 * Attributes that tell resources of one node apart, such as two services on a host. Without them, the series of one would
 * overwrite those of the other.
 */
const tagAttributes: ReadonlySet<string> = new Set([
  'k8s.pod.name',
  'k8s.container.name',
  'container.name',
  'service.name',
  'service.instance.id',
  'process.executable.name',
  'process.pid',
])

/** Attributes that are shown beside the series. Those that differ from host to host would give each its own shape. */
const shownAttributes: ReadonlySet<string> = new Set([
  'os.type',
  'service.version',
  'service.namespace',
  'deployment.environment',
  'deployment.environment.name',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'cloud.provider',
  'cloud.region',
  'cloud.availability_zone',
])

/** What is known of a resource, whichever record it came with. */
export interface OtlpResource {
  /** Absent: the record names the node. */
  readonly nodeId?: string
  readonly nodeName?: string
  /** Why its points cannot be stored. */
  readonly wrong?: { readonly field: string; readonly what: string }
  /** Tags of each of its series, except those of the host itself. */
  readonly tags: readonly Tag[]
  readonly attributes: Readonly<Record<string, string>>
}

/** @param attributes with a value each; of two with one key, the last counts */
export function otlpResource(attributes: readonly Tag[]): OtlpResource {
  const values = new Map(attributes)
  const key = nodeAttributes.find((name) => values.has(name))
  const nodeId = key === undefined ? undefined : (values.get(key) as string)
  const isHost = key !== undefined && key !== 'service.instance.id' && key !== 'service.name'
  const named = nodeAttributes.slice(0, key === undefined ? 0 : nodeAttributes.indexOf(key) + 1)
  const tags = [...values].filter(
    ([name, value]) =>
      tagAttributes.has(name) &&
      value !== nodeId &&
      !named.includes(name as (typeof named)[number]) &&
      (isHost || name !== 'service.name'),
  )
  const beside = [...values].filter(([name]) => shownAttributes.has(name))
  return {
    ...nodeOf(key, nodeId, values.get('service.name')),
    tags,
    attributes: Object.fromEntries(beside.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

type NodeTexts = Pick<OtlpResource, 'nodeId' | 'nodeName' | 'wrong'>

function nodeOf(key: string | undefined, nodeId: string | undefined, service: string | undefined): NodeTexts {
  if (key === undefined || nodeId === undefined) return {}
  if (!isNodeId(nodeId)) {
    const what = `expected text of 1 to ${messageLimits.nodeId} characters, got ${shownValue(nodeId)}`
    return { wrong: { field: `resource ${key}`, what } }
  }
  const long = key === 'service.instance.id' && service !== undefined ? `${service} (${nodeId})` : nodeId
  return { nodeId, nodeName: long.length <= messageLimits.nodeName && isCleanText(long) ? long : nodeId }
}

const collector = /^(?:otelcol\/|github\.com\/open-telemetry\/opentelemetry-collector(?:-contrib)?\/(?:receiver\/)?)/
const scraper = /\/internal\/scraper\/(\w+?)(?:scraper)?$/

/** A scope's name as a part has it: that of a scraper of the host metrics receiver is `hostmetricsreceiver/cpu`. */
export function partOfScope(name: string): string {
  if (name === '' || !name.isWellFormed() || name.includes('\0')) return 'otlp'
  return name.replace(collector, '').replace(scraper, '/$1').slice(0, 128)
}
