import type { Tag } from '../metric-name.ts'

/**
 * Tags that name the series, by measurement. All others of these measurements are attributes: also the tags that an
 * operator adds to every record, such as a data center. Source: the tables "tags" of the inputs of Telegraf.
 */
const namedBy: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    cpu: ['cpu'],
    mem: [],
    swap: [],
    system: [],
    kernel: [],
    kernel_vmstat: [],
    processes: [],
    netstat: [],
    conntrack: [],
    disk: ['path'],
    diskio: ['name'],
    net: ['interface'],
    sensors: ['chip', 'feature'],
    temp: ['sensor'],
    interrupts: ['cpu', 'irq'],
    soft_interrupts: ['cpu', 'irq'],
  }).map(([measurement, tags]) => [measurement, new Set(tags)]),
)

/** Tags that say where a file system is. Beside one of them, those of `ofFileSystems` are attributes. */
const mountPoints: ReadonlySet<string> = new Set(['path', 'mountpoint', 'mount_point'])
const ofFileSystems: ReadonlySet<string> = new Set([
  'device',
  'device_name',
  'fstype',
  'filesystem',
  'filesystem_type',
  'label',
  'mode',
  'type',
])
/** Tags that never tell series of one name apart. */
const neverIdentity: ReadonlySet<string> = new Set(['collector', 'fstype', 'serial', 'wwid'])

/** Tags of a record: those that name its series, and those that are shown beside it. */
export interface SplitTags {
  readonly identity: readonly Tag[]
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Tells the tags that name a series from its attributes. Without a rule for the measurement, all tags name it: two
 * series with one name would spoil each other.
 * @param tags without the one that names the node
 */
export function splitTags(measurement: string, tags: readonly Tag[]): SplitTags {
  const named = namedBy.get(measurement)
  const hasMountPoint = named === undefined && tags.some(([key]) => mountPoints.has(key))
  const isIdentity = (key: string): boolean =>
    named ? named.has(key) : !neverIdentity.has(key) && !(hasMountPoint && ofFileSystems.has(key))
  return {
    identity: tags.filter(([key]) => isIdentity(key)),
    attributes: Object.fromEntries(tags.filter(([key]) => !isIdentity(key))),
  }
}
