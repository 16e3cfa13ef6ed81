import type { Tag } from '../metric-name.ts'

const mountPoints: ReadonlySet<string> = new Set(['mountpoint', 'system.filesystem.mountpoint'])
/** What a file system has once it is mounted. */
const ofFileSystems: ReadonlySet<string> = new Set([
  'device',
  'device_error',
  'filesystem',
  'fstype',
  'mode',
  'type',
  'system.device',
  'system.filesystem.mode',
  'system.filesystem.type',
])

/**
 * Tags of a series of a file system: its mount point names it, device and type are shown beside it. Tags of other series
 * stay as they are.
 */
export function splitAtMountPoint(tags: readonly Tag[]): {
  readonly names: readonly Tag[]
  readonly beside: readonly Tag[]
} {
  if (!tags.some(([key]) => mountPoints.has(key))) return { names: tags, beside: [] }
  return {
    names: tags.filter(([key]) => !ofFileSystems.has(key)),
    beside: tags.filter(([key]) => ofFileSystems.has(key)),
  }
}
