import { z } from 'zod'
import { initialQuietHours, QuietHours } from '../do-not-disturb/quiet-hours.ts'
import { Mappings } from '../metric/mapping/field-mapping.ts'
import { MyNodes } from '../notification/my-nodes.ts'
import { isRegularExpression } from './is-regular-expression.ts'
import { FeedAddress, FeedKey } from '../update/update-feed.ts'

/** One setting of the app (those of a connection are in connection.ts). */
interface Setting<S extends z.ZodType> {
  /** Of the value in settings.json. */
  readonly schema: S
  readonly initial: z.output<S>
  /** Of a list: its entries are used one by one, and this field names one. A wrong one stays in the file. */
  readonly entries?: string
  /** Environment variable that fixes it. */
  readonly variable?: string
  /** Flag that fixes it for this start. */
  readonly flag?: `--${string}`
}

function setting<S extends z.ZodType>(schema: S, rest: Omit<Setting<S>, 'schema'>): Setting<S> {
  return { schema, ...rest }
}

const port = z.int('expected a port from 0 to 65535').min(0, portText()).max(65_535, portText())
function portText(): string {
  return 'expected a port from 0 to 65535'
}
const days = z.int('expected whole days').min(1, 'expected at least 1 day').max(3650, 'expected at most 3650 days')
const seconds = (most: number) =>
  z.int('expected whole seconds').min(0, 'expected at least 0 seconds').max(most, `expected at most ${most} seconds`)
const minutes = (most: number) =>
  z.int('expected whole minutes').min(0, 'expected at least 0 minutes').max(most, `expected at most ${most} minutes`)
const percent = z.int('expected a whole percentage').min(0, 'expected at least 0 %').max(100, 'expected at most 100 %')
const silenceDays = z.int('expected whole days').min(1, 'expected at least 1 day').max(366, 'expected at most 366 days')

/**
 * All settings of the app. The key is the place in settings.json: `appearance.theme` is `theme` in the object
 * `appearance`. A change holds at once.
 */
export const appSettings = {
  'appearance.theme': setting(z.enum(['system', 'light', 'dark']), { initial: 'system', variable: 'REMO_THEME' }),
  /** Colors of states. */
  'appearance.palette': setting(z.enum(['standard', 'color-blind']), { initial: 'standard' }),
  /** Rows of 28 or 36 px. */
  'appearance.density': setting(z.enum(['compact', 'comfortable']), { initial: 'comfortable' }),
  /** `system`: as the operating system asks; `reduced`: none. */
  'appearance.motion': setting(z.enum(['system', 'reduced']), { initial: 'system' }),
  /** For charts, lists, notifications and CSV. */
  'appearance.timeZone': setting(z.enum(['local', 'utc']), { initial: 'local', variable: 'REMO_TIME_ZONE' }),
  'appearance.clock': setting(z.enum(['24h', 'system']), { initial: '24h' }),
  /** `(2) ReMo`, while alerts are unacknowledged. */
  'appearance.countInTitle': setting(z.boolean(), { initial: true }),
  /** The same number on the icon in the dock or task bar. */
  'appearance.badge': setting(z.boolean(), { initial: true }),
  /** During do not disturb, critical alerts and blindness still pop up. */
  'notifications.criticalBreaksThrough': setting(z.boolean(), { initial: true }),
  /** Hours of each week in which notifications are held back. */
  'notifications.quietHours': setting(QuietHours, { initial: initialQuietHours }),
  /** Which severities pop up. What does not is listed all the same. */
  'notifications.critical': setting(z.boolean(), { initial: true }),
  'notifications.warning': setting(z.boolean(), { initial: false }),
  /** A quiet popup at the end of an alert whose beginning was shown. `critical`: only of critical ones. */
  'notifications.resolved': setting(z.enum(['off', 'critical', 'all']), { initial: 'critical' }),
  /** `mine`: only alerts of the nodes in `notifications.myNodes` pop up and sound. */
  'notifications.nodes': setting(z.enum(['all', 'mine']), { initial: 'all' }),
  'notifications.myNodes': setting(MyNodes, { initial: [] }),
  /** How long alerts of one rule and severity are collected before their popup. The first critical one waits for none. */
  'notifications.criticalWaitSeconds': setting(seconds(60), { initial: 5 }),
  'notifications.warningWaitSeconds': setting(seconds(600), { initial: 30 }),
  /** A critical alert that nobody acknowledged is shown again this often; 0: never. */
  'notifications.reminderMinutes': setting(minutes(1440), { initial: 15 }),
  /** While the screen is locked, a popup has only a count. */
  'notifications.hideWhenLocked': setting(z.boolean(), { initial: true }),
  /** A popup has only a count, always: for a screen that is shared. */
  'notifications.hideDetails': setting(z.boolean(), { initial: false }),
  'sound.critical': setting(z.boolean(), { initial: true }),
  'sound.warning': setting(z.boolean(), { initial: false }),
  'sound.resolved': setting(z.boolean(), { initial: false }),
  /** `repeat`: each 30 s, until the alert is seen or acknowledged. */
  'sound.repeat': setting(z.enum(['once', 'repeat']), { initial: 'once' }),
  'sound.volume': setting(percent, { initial: 80 }),
  /** Path of an audio file of one's own; empty: the sounds of ReMo. */
  'sound.file': setting(z.string().max(4096), { initial: '' }),
  /** Seconds that the reading lags behind Kafka, for a warning after `lagForSeconds`, and for a critical alert at once. */
  'monitoring.lagWarningSeconds': setting(seconds(3600), { initial: 30 }),
  'monitoring.lagForSeconds': setting(seconds(3600), { initial: 60 }),
  'monitoring.lagCriticalSeconds': setting(seconds(86_400), { initial: 120 }),
  /** More rejected records a minute than this, for 5 minutes, are a warning; off: none. */
  'monitoring.rejectsAlert': setting(z.boolean(), { initial: false }),
  'monitoring.rejectsPerMinute': setting(
    z.int('expected a whole number').min(1, 'expected at least 1').max(1_000_000, 'expected at most 1000000'),
    { initial: 1 },
  ),
  /** The backend is unreachable for longer than this: an alert for information; 0: none. */
  'monitoring.backendAwayMinutes': setting(minutes(1440), { initial: 5 }),
  /** Days to keep samples, resolved alerts and rejected records. */
  'data.keepDays': setting(days, { initial: 14, variable: 'REMO_KEEP_DAYS' }),
  /** Size of the cache of one connection, GB (10⁹ bytes); the oldest samples go first. */
  'data.keepGigabytes': setting(
    z.number('expected a number').min(0.1, 'expected at least 0.1 GB').max(10_000, 'expected at most 10000 GB'),
    { initial: 2, variable: 'REMO_KEEP_GIGABYTES' },
  ),
  /** Days that a silence lasts at most, unless it comes each week. The default of the backend is the same. */
  'silences.longestDays': setting(silenceDays, { initial: 30, variable: 'REMO_SILENCE_LONGEST_DAYS' }),
  /** Regular expression for the topics of a connection that is not in settings.json; empty: `^metrics-`. */
  'stream.topics': setting(
    z
      .string()
      .max(65_536)
      .refine((text) => text === '' || isRegularExpression(text), 'expected a regular expression such as ^metrics-'),
    { initial: '' },
  ),
  /** How topics of their own shape are read. What a team has for a topic counts before it. */
  'stream.mappings': setting(Mappings, { initial: [], entries: 'topic' }),
  'startup.onLogin': setting(z.boolean(), { initial: false }),
  /** Start without a window. */
  'startup.hidden': setting(z.boolean(), { initial: false, flag: '--hidden' }),
  /** What the close button does. `ask`: it asks once, and the answer becomes the setting. */
  'startup.close': setting(z.enum(['tray', 'quit', 'ask']), { initial: 'tray' }),
  'startup.trayIcon': setting(z.boolean(), { initial: true }),
  /** Port of /metrics on 127.0.0.1; 0: any free one. */
  'prometheus.port': setting(port, { initial: 9464, variable: 'PROMETHEUS_PORT' }),
  /** Serve the values of each node. */
  'prometheus.nodeSeries': setting(z.boolean(), { initial: true, variable: 'REMO_PROMETHEUS_NODE_SERIES' }),
  /** Serve all other metrics of the nodes too, not only the four that have names of their own. */
  'prometheus.allMetrics': setting(z.boolean(), { initial: false, variable: 'REMO_PROMETHEUS_ALL_METRICS' }),
  /** Folder with updates of the organisation; empty: ReMo asks nobody. */
  'updates.feed': setting(FeedAddress, { initial: '', variable: 'REMO_UPDATE_FEED' }),
  /** The public key that the updates of this folder are signed with. */
  'updates.key': setting(FeedKey, { initial: '', variable: 'REMO_UPDATE_KEY' }),
  /** Ask the feed after the start and once a day. Otherwise only the button asks. */
  'updates.check': setting(z.boolean(), { initial: false, variable: 'REMO_UPDATE_CHECK' }),
  'log.level': setting(z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error'), {
    initial: 'info',
    variable: 'REMO_LOG_LEVEL',
    flag: '--log-level',
  }),
  'log.format': setting(z.enum(['text', 'json'], 'expected text or json'), {
    initial: 'text',
    variable: 'REMO_LOG_FORMAT',
  }),
} as const

export type SettingKey = keyof typeof appSettings
export type SettingValues = { readonly [K in SettingKey]: z.output<(typeof appSettings)[K]['schema']> }
export const settingKeys = Object.keys(appSettings) as readonly SettingKey[]
export const SettingKey = z.enum(settingKeys as readonly [SettingKey, ...SettingKey[]])

/** Where the value in force is from. `name`: of the flag or variable. */
export const SettingSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flag'), name: z.string() }),
  z.object({ kind: z.literal('variable'), name: z.string() }),
  z.object({ kind: z.literal('file') }),
  z.object({ kind: z.literal('default') }),
])
export type SettingSource = z.infer<typeof SettingSource>

/** A setting is fixed by its flag or variable: the page shows it, and cannot change it. */
export function isFixed(source: SettingSource): boolean {
  return source.kind === 'flag' || source.kind === 'variable'
}

/** All defaults. */
export const initialSettings: SettingValues = Object.fromEntries(
  settingKeys.map((key) => [key, appSettings[key].initial]),
) as unknown as SettingValues
