import { schemaMessage } from '../format/schema-message.ts'
import { z } from 'zod'
import type { LogLevel } from '../log.ts'
import { type EnvironmentVariables, setVariables, type ReadText } from './environment.ts'
import { TeamName } from '../team/team-topics.ts'
import { kafkaSecurity, type KafkaSecurity } from './kafka-security.ts'
import { defaultStartAt, StartAtText, type StartAt } from './start-at.ts'

/** Settings of a console. An absent one is not set; the console uses its default. */
export interface ConsoleSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  /** Regular expression for topic names. */
  readonly topicPattern: string
  /** Where a new cache begins to read. */
  readonly startAt: StartAt
  /** Rack or zone of this computer, as the brokers name theirs. */
  readonly rack?: string
  /** Secrets: only for the thread that connects, never for a log. */
  readonly security?: KafkaSecurity
  readonly dataDir?: string
  readonly backendUrl?: string
  /** Name of the team on a Kafka that several teams share. */
  readonly team?: string
  /** 0: any free port. */
  readonly prometheusPort: number
  readonly logLevel: LogLevel
  /** Start without a window. */
  readonly hidden: boolean
}

/** `show`: print it and exit with 0. `problem`: print this sentence and exit with 2. */
export type ConsoleSettingsResult =
  | { readonly ok: true; readonly settings: ConsoleSettings }
  | { readonly ok: true; readonly show: 'help' | 'version' }
  | { readonly ok: false; readonly problem: string }

const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .refine((list) => list.every(isBroker), 'expected host:port, comma-separated')

const topicPattern = z
  .string()
  .min(1, 'expected a regular expression such as ^metrics-')
  .refine(isRegularExpression, 'expected a regular expression such as ^metrics-')

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a port from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'expected a port from 0 to 65535')

const backendUrl = z.url({ protocol: /^https?$/, error: 'expected a URL that starts with http:// or https://' })

const Environment = z.object({
  KAFKA_BOOTSTRAP_SERVERS: brokers.prefault('localhost:9092'),
  KAFKA_TOPIC_PATTERN: topicPattern.prefault('^metrics-'),
  KAFKA_AUTO_OFFSET_RESET: StartAtText.default(defaultStartAt),
  KAFKA_CLIENT_RACK: z.string().optional(),
  REMO_DATA_DIR: z.string().optional(),
  REMO_BACKEND_URL: backendUrl.optional(),
  REMO_TEAM: TeamName.optional(),
  PROMETHEUS_PORT: port.prefault('9464'),
  REMO_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error').prefault('info'),
})

/** Names of the variables above. Those of Kafka's security are in kafka-security.ts. */
export const consoleVariableNames: readonly string[] = Object.keys(Environment.shape)

interface Flags {
  readonly hidden: boolean
  readonly dataDir?: string
  readonly team?: string
  readonly show?: 'help' | 'version'
}

/** Sources of settings. */
export interface SettingsSource {
  /** ReMo's own arguments, without the program's name and Chromium's switches. */
  readonly argv: readonly string[]
  readonly env: EnvironmentVariables
  readonly readText: ReadText
}

/** Reads the settings. A flag overrides its variable; only the first problem is returned. */
export function readConsoleSettings({ argv, env, readText }: SettingsSource): ConsoleSettingsResult {
  const flags = readFlags(argv)
  if (typeof flags === 'string') return { ok: false, problem: flags }
  if (flags.show !== undefined) return { ok: true, show: flags.show }
  const parsed = Environment.safeParse(setVariables(env, [], readText).values, { error: schemaMessage })
  if (!parsed.success) return { ok: false, problem: problemOf(parsed.error.issues[0], env) }
  const access = kafkaSecurity(env, readText)
  if (!access.ok) return { ok: false, problem: access.problems[0] ?? '' }
  const { data } = parsed
  return {
    ok: true,
    settings: {
      brokers: data.KAFKA_BOOTSTRAP_SERVERS,
      topicPattern: data.KAFKA_TOPIC_PATTERN,
      startAt: data.KAFKA_AUTO_OFFSET_RESET,
      prometheusPort: data.PROMETHEUS_PORT,
      logLevel: data.REMO_LOG_LEVEL,
      hidden: flags.hidden,
      ...given({
        rack: data.KAFKA_CLIENT_RACK,
        security: access.security,
        dataDir: flags.dataDir ?? data.REMO_DATA_DIR,
        backendUrl: data.REMO_BACKEND_URL,
        team: flags.team ?? data.REMO_TEAM,
      }),
    },
  }
}

/** Without the entries that are not set. */
function given<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never
}

/** The flags, or a sentence about an invalid one. */
function readFlags(argv: readonly string[]): Flags | string {
  let flags: Flags = { hidden: false }
  const rest = [...argv]
  for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
    if (flag === '--hidden') flags = { ...flags, hidden: true }
    else if (flag === '--help' || flag === '--version')
      flags = { ...flags, show: flag === '--help' ? 'help' : 'version' }
    else if (isFlag(flag, '--data-dir')) {
      const dataDir = valueOf(flag, rest)
      if (dataDir === undefined) return '--data-dir: expected a path after it.'
      flags = { ...flags, dataDir }
    } else if (isFlag(flag, '--team')) {
      const team = TeamName.safeParse(valueOf(flag, rest))
      if (!team.success) return '--team: expected up to 40 letters, digits and dashes.'
      flags = { ...flags, team: team.data }
    } else return `${flag}: unknown option. Run with --help to see all options.`
  }
  return flags
}

function isFlag(argument: string, flag: string): boolean {
  return argument === flag || argument.startsWith(`${flag}=`)
}

/** The text after `=`, or the next argument; `undefined` without one. */
function valueOf(argument: string, rest: string[]): string | undefined {
  const at = argument.indexOf('=')
  const value = at < 0 ? rest.shift() : argument.slice(at + 1)
  return value === undefined || value === '' || value.startsWith('--') ? undefined : value
}

function problemOf(issue: z.core.$ZodIssue | undefined, env: EnvironmentVariables): string {
  const name = String(issue?.path[0] ?? 'environment')
  return `${name}: ${issue?.message ?? 'not valid'}, got ${JSON.stringify(env[name] ?? '')}.`
}

/** `host:port`, or `[address]:port` for IPv6. */
function isBroker(text: string): boolean {
  const match = /^(?:[^\s:/[\]]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(text)
  const value = Number(match?.[1] ?? 0)
  return value >= 1 && value <= 65_535
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
