import { z } from 'zod'

/** How a console was told to run. Absent: the place or service is not set, and the console has its own answer to that. */
export const Settings = z.strictObject({
  /** `host:port` each. */
  brokers: z.array(z.string()).min(1),
  /** Regular expression that a topic's name is tested against. */
  topicPattern: z.string(),
  dataDir: z.string().optional(),
  backendUrl: z.string().optional(),
  /** 0: any free port. */
  prometheusPort: z.int(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  /** Start without a window. */
  hidden: z.boolean(),
})
export type Settings = z.infer<typeof Settings>

/** `show`: print that and end with 0. `problem`: print that sentence and end with 2. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: true; readonly show: 'help' | 'version' }
  | { readonly ok: false; readonly problem: string }

export const helpText = `ReMo: desktop operator console

Usage: remo [options]

  --hidden            start in the tray, without a window
  --data-dir <path>   folder of cache, settings and log
  --version           print the version and end
  --help              print this and end

Environment
  KAFKA_BOOTSTRAP_SERVERS   Kafka brokers, host:port, comma-separated (localhost:9092)
  KAFKA_TOPIC_PATTERN       regular expression of the topics to read (^metrics-)
  REMO_DATA_DIR             as --data-dir
  REMO_BACKEND_URL          address of the backend, http or https (none: standalone)
  PROMETHEUS_PORT           port of /metrics on 127.0.0.1, 0 for any free one (9464)
  REMO_LOG_LEVEL            debug, info, warn or error (info)
`

const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .refine((list) => list.every(isBroker), 'expected host:port, several with commas between them')

const topicPattern = z
  .string()
  .min(1, 'expected a regular expression such as ^metrics-')
  .refine(isRegularExpression, 'expected a regular expression such as ^metrics-')

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a port from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'expected a port from 0 to 65535')

const backendUrl = z.url({ protocol: /^https?$/, error: 'expected an address that starts with http:// or https://' })

/** A variable that is set to nothing counts as not set, as shells and compose files write it. */
const Environment = z.object({
  KAFKA_BOOTSTRAP_SERVERS: brokers.prefault('localhost:9092'),
  KAFKA_TOPIC_PATTERN: topicPattern.prefault('^metrics-'),
  REMO_DATA_DIR: z.string().optional(),
  REMO_BACKEND_URL: backendUrl.optional(),
  PROMETHEUS_PORT: port.prefault('9464'),
  REMO_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error').prefault('info'),
})

interface Flags {
  readonly hidden: boolean
  readonly dataDir?: string
  readonly show?: 'help' | 'version'
}

/**
 * Settings from ReMo's own arguments (without the program's name and the switches of Chromium) and the environment.
 * A flag outranks its variable; the first problem found is told in one sentence.
 */
export function readSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SettingsResult {
  const flags = readFlags(argv)
  if (typeof flags === 'string') return { ok: false, problem: flags }
  if (flags.show !== undefined) return { ok: true, show: flags.show }
  const parsed = Environment.safeParse(withoutEmpty(env))
  if (!parsed.success) return { ok: false, problem: problemOf(parsed.error.issues[0], env) }
  const { KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC_PATTERN, REMO_BACKEND_URL, PROMETHEUS_PORT, REMO_LOG_LEVEL } =
    parsed.data
  const dataDir = flags.dataDir ?? parsed.data.REMO_DATA_DIR
  return {
    ok: true,
    settings: {
      brokers: KAFKA_BOOTSTRAP_SERVERS,
      topicPattern: KAFKA_TOPIC_PATTERN,
      prometheusPort: PROMETHEUS_PORT,
      logLevel: REMO_LOG_LEVEL,
      hidden: flags.hidden,
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(REMO_BACKEND_URL === undefined ? {} : { backendUrl: REMO_BACKEND_URL }),
    },
  }
}

/** The flags, or the sentence that says what is wrong with them. */
function readFlags(argv: readonly string[]): Flags | string {
  let flags: Flags = { hidden: false }
  const rest = [...argv]
  for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
    if (flag === '--hidden') flags = { ...flags, hidden: true }
    else if (flag === '--help' || flag === '--version')
      flags = { ...flags, show: flag === '--help' ? 'help' : 'version' }
    else if (flag === '--data-dir' || flag.startsWith('--data-dir=')) {
      const dataDir = flag === '--data-dir' ? rest.shift() : flag.slice('--data-dir='.length)
      if (dataDir === undefined || dataDir === '' || dataDir.startsWith('--'))
        return '--data-dir: expected a folder behind it.'
      flags = { ...flags, dataDir }
    } else return `${flag}: ReMo knows no such option; --help lists them.`
  }
  return flags
}

function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  )
  return Object.fromEntries(set)
}

function problemOf(issue: z.core.$ZodIssue | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue?.path[0] ?? 'environment')
  return `${name}: ${issue?.message ?? 'cannot be read'}, got ${JSON.stringify(env[name] ?? '')}.`
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
