import { durationInput, parseDuration } from '../../format/duration.ts'
import { Severity } from '../rule.ts'

/** Rules of one file. */
export const mostFileRules = 5_000

/** The metric of a rule for offline nodes, in a file. */
export const offlineName = 'node_offline'
/** The value of `nodes` for all nodes. */
export const allNodes = 'all'
/** The key of the tags that may have any value: the name of one, or a list. */
export const anyTagsName = 'any'
/** In an override: the wider rule's value does not apply, and there is none. */
export const noValue = 'none'

/** Keys of a rule that a file can set, besides its target. */
export type FileKey =
  | 'condition'
  | 'warning'
  | 'critical'
  | 'clear'
  | 'capacity'
  | 'forSeconds'
  | 'holdSeconds'
  | 'findsFlapping'
  | 'noDataSeconds'
  | 'seconds'
  | 'severity'
  | 'enabled'

export type FileValue = string | number | boolean

interface FileField {
  /** As it is written in a file. */
  readonly name: string
  readonly of: 'metric' | 'offline' | 'both'
  /** A value of the file, as the rule has it; `undefined` if it is not one. */
  readonly read: (value: unknown) => FileValue | undefined
  readonly write: (value: FileValue) => FileValue
  /** What is expected, as a sentence. */
  readonly expected: string
  /** What a rule of a file has where the field is absent. */
  readonly absent?: FileValue
  /** What a rule without the field does. The rule may say so, or have no such field. */
  readonly unset?: FileValue
  /** An override can say `none`. */
  readonly canBeNone?: true
}

const asIs = (value: FileValue): FileValue => value

const level = (name: string): FileField => ({
  name,
  of: 'metric',
  read: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  write: asIs,
  expected: 'Write a number without a unit, such as 85. It is in the unit of the metric.',
  canBeNone: true,
})

interface Duration {
  readonly of?: FileField['of']
  readonly range: string
  readonly absent?: FileValue
  readonly unset?: FileValue
}

const duration = (name: string, { of = 'metric', range, ...without }: Duration): FileField => ({
  name,
  of,
  read: (value) => {
    const ms = typeof value === 'string' ? parseDuration(value) : undefined
    return ms === undefined || ms % 1000 !== 0 ? undefined : ms / 1000
  },
  write: (value) => (value === 0 ? '0s' : durationInput(Number(value))),
  expected: `Write a duration in whole seconds with its unit, such as 30s, 2m or 1h30m; ${range}.`,
  ...without,
})

const flag = (name: string, of: FileField['of']): FileField => ({
  name,
  of,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
  write: asIs,
  expected: 'Write true or false.',
})

/** In the order in which they are written. */
export const fileFields: Readonly<Record<FileKey, FileField>> = {
  condition: {
    name: 'condition',
    of: 'metric',
    read: (value) => (value === 'above' ? 'greater' : value === 'below' ? 'less' : undefined),
    write: (value) => (value === 'greater' ? 'above' : 'below'),
    expected: 'Write above or below.',
    absent: 'greater',
  },
  warning: level('warning'),
  critical: level('critical'),
  clear: level('clear'),
  capacity: {
    ...level('capacity'),
    read: (value) => (typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined),
    expected: 'Write a number above 0 without a unit, such as 1000. It is in the unit of the metric.',
  },
  forSeconds: duration('for', { range: 'from 0s to 24h', absent: 0 }),
  holdSeconds: duration('hold', { range: 'from 0s to 30m', unset: 0 }),
  findsFlapping: { ...flag('finds_flapping', 'metric'), unset: false },
  noDataSeconds: duration('no_data_for', { range: 'from 5s to 24h' }),
  seconds: duration('no_sample_for', { of: 'offline', range: 'from 5s to 24h' }),
  severity: {
    name: 'severity',
    of: 'offline',
    read: (value) => (Severity.safeParse(value).success ? (value as Severity) : undefined),
    write: asIs,
    expected: 'Write warning or critical.',
    absent: 'critical',
  },
  enabled: { ...flag('enabled', 'both'), absent: true },
}

export const fileKeys = Object.keys(fileFields) as readonly FileKey[]

/** The fields of one kind. */
export function fileKeysOf(kind: 'metric' | 'offline'): readonly FileKey[] {
  return fileKeys.filter((key) => fileFields[key].of === kind || fileFields[key].of === 'both')
}
