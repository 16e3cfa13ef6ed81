import type { Tag } from '../metric-name.ts'
import type { CollectdIdentity } from './collectd-series.ts'
import { isCollectdType } from './collectd-types.ts'
import type { GraphiteLine } from './graphite-line.ts'
import { splitTags } from './identity-tags.ts'

/** What the path and the tags of a line say about its series. */
export interface GraphiteSeries {
  /** `undefined`: the line does not say it. */
  readonly node: string | undefined
  /** Its name without tags. */
  readonly name: string
  /** The name up to its last point: series of one group and time travel together. */
  readonly group: string
  readonly tags: readonly Tag[]
  readonly attributes: Readonly<Record<string, string>>
  /** The path is one of collectd. */
  readonly collectd?: { readonly identity: CollectdIdentity; readonly source: string }
}

const nodeTags: readonly string[] = ['host', 'hostname', 'node', 'instance']
/** Tags of collectd that its path repeats. */
const repeated: ReadonlySet<string> = new Set(['plugin', 'type', 'ds_name'])

/**
 * The series of a line.
 * - With tags: one of `nodeTags` names the node.
 * - A path of collectd, `host.plugin-instance.type-instance.source`: what is before the plugin.
 * - The key of the record is in the path: the key. What stands before it is no part of the name.
 * - Otherwise the path does not say it.
 */
export function graphiteSeries(
  { path, tags }: Pick<GraphiteLine, 'path' | 'tags'>,
  key: string | undefined,
): GraphiteSeries {
  if (tags.length > 0) return taggedSeries(path, tags)
  const segments = path.split('.')
  const collectd = segments.length <= 32 ? collectdSeries(segments) : undefined
  if (collectd) return collectd
  const at = key === undefined ? undefined : placeOf(segments, key)
  const rest = at === undefined ? segments : segments.slice(at)
  return { node: at === undefined ? undefined : key, ...named(rest), tags: [], attributes: {} }
}

function named(segments: readonly string[]): Pick<GraphiteSeries, 'name' | 'group'> {
  return { name: segments.join('.'), group: segments.slice(0, Math.max(1, segments.length - 1)).join('.') }
}

function taggedSeries(path: string, tags: readonly Tag[]): GraphiteSeries {
  const byKey = new Map(tags)
  const nodeTag = nodeTags.find((tag) => byKey.has(tag))
  const node = nodeTag === undefined ? undefined : byKey.get(nodeTag)
  const others = [...byKey].filter(([tag]) => tag !== nodeTag)
  const [plugin, type] = [byKey.get('plugin'), byKey.get('type')]
  if (plugin !== undefined && type !== undefined && others.every(([tag]) => isTagOfCollectd(tag))) {
    const instances = {
      pluginInstance: byKey.get('plugin_instance') ?? '',
      typeInstance: byKey.get('type_instance') ?? '',
    }
    return ofCollectd(node, { plugin, type, ...instances }, byKey.get('ds_name'))
  }
  const { identity, attributes } = splitTags('', others)
  return { node, ...named(path.split('.')), tags: identity, attributes }
}

function isTagOfCollectd(tag: string): boolean {
  return repeated.has(tag) || tag === 'plugin_instance' || tag === 'type_instance'
}

function ofCollectd(node: string | undefined, identity: CollectdIdentity, source = 'value'): GraphiteSeries {
  const group = `${identity.plugin}.${identity.type}`
  return { node, name: group, group, tags: [], attributes: {}, collectd: { identity, source } }
}

/**
 * `prefix.host.cpu-0.percent-idle`, or with instances apart `prefix.host.cpu.0.percent.idle`. In a host, a point is an
 * underscore. Behind the type are its instance, if instances are apart, and the data source, if there are several.
 */
function collectdSeries(segments: readonly string[]): GraphiteSeries | undefined {
  for (let i = segments.length - 1; i >= Math.max(2, segments.length - 3); i--) {
    const found = collectdAt(segments, i)
    if (found) return found
  }
  return undefined
}

/** @param i index of what may be the type */
function collectdAt(segments: readonly string[], i: number): GraphiteSeries | undefined {
  const [type, typeInstance] = halves(segments[i] as string)
  const before = isCollectdType(type) ? pluginBefore(segments, i) : undefined
  if (!before) return undefined
  const { host, plugin, instance: pluginInstance, isApart } = before
  // Words such as `cpu.load` are in many paths.
  const isSure = plugin === type || type.includes('_') || [pluginInstance, typeInstance].some((one) => one !== '')
  if (!isApart && !isSure) return undefined
  const behind = segments.slice(i + 1)
  const hasInstance = typeInstance === '' && behind[0] !== undefined && !isSource(type, behind[0])
  const [instance = '', source, ...more] = hasInstance ? behind : [typeInstance, ...behind]
  return more.length > 0
    ? undefined
    : ofCollectd(host, { plugin, pluginInstance, type, typeInstance: instance }, source)
}

interface PluginBefore {
  readonly host: string
  readonly plugin: string
  readonly instance: string
  /** Instances have segments of their own. */
  readonly isApart: boolean
}

/** The plugin before the type at `i`, and the host before the plugin. */
function pluginBefore(segments: readonly string[], i: number): PluginBefore | undefined {
  const [plugin, instance] = halves(segments[i - 1] as string)
  if (plugins.has(plugin)) return { host: segments[i - 2] as string, plugin, instance, isApart: false }
  const apart = segments[i - 2] as string
  if (i < 3 || !plugins.has(apart)) return undefined
  return { host: segments[i - 3] as string, plugin: apart, instance: segments[i - 1] as string, isApart: true }
}

/** Plugins that most hosts have. Others are read as any path. */
const plugins: ReadonlySet<string> = new Set(
  (
    'aggregation apache battery chrony cgroups conntrack contextswitch cpu cpufreq cpusleep curl df disk dns entropy ' +
    'ethstat exec fhcount hddtemp hugepages interface ipc iptables irq java load md memcached memory mysql netlink nfs ' +
    'nginx ntpd numa openvpn ping postgresql processes protocols redis sensors smart snmp statsd swap tail tcpconns ' +
    'thermal uptime users uuid varnish virt vmem wireless zfs_arc zookeeper'
  ).split(' '),
)

/** Types with several data sources, and their names; `value` is the name of one that is alone. */
const sources =
  /^(?:\w+:value|df:(?:free|used)|load:(?:short|mid|long)term|(?:if|io|ib|serial|node|mysql|memcached)_\w+:(?:rx|tx)|(?:disk|ps_disk)_\w+:(?:read|write)|io_ops:(?:read|write)|disk_io_time:(?:weighted_)?io_time|ps_cputime:(?:user|syst)|\w+faults:(?:min|maj)flt|ps_count:(?:processes|threads)|vmpage_io:(?:in|out))$/

function isSource(type: string, text: string): boolean {
  return text.length <= 64 && sources.test(`${type}:${text}`)
}

function halves(text: string): readonly [name: string, instance: string] {
  const hyphen = text.indexOf('-')
  return hyphen < 0 ? [text, ''] : [text.slice(0, hyphen), text.slice(hyphen + 1)]
}

/** Index of the segment behind the key, which stands there as it is or with underscores for its points. */
function placeOf(segments: readonly string[], key: string): number | undefined {
  const underscored = key.replaceAll('.', '_')
  const at = segments.findIndex((segment) => segment === key || segment === underscored)
  if (at >= 0) return at < segments.length - 1 ? at + 1 : undefined
  const words = key.split('.')
  if (words.length < 2) return undefined
  const first = segments.findIndex((_, i) => words.every((word, k) => segments[i + k] === word))
  return first >= 0 && first + words.length < segments.length ? first + words.length : undefined
}
