import { z } from 'zod'
import { schemaMessage } from '../format/schema-message.ts'
import { TeamName } from '../team/team-topics.ts'
import { appSettings, settingKeys } from './app-settings.ts'
import type { SettingSource } from './app-settings.ts'
import { BrokerList } from './broker-address.ts'
import type { ConnectionVariables } from './connection-in-use.ts'
import { Connection, saslMechanisms, securityProtocols } from './connection.ts'
import type { ConnectionField } from './connection.ts'
import type { FixedSettings } from './effective-settings.ts'
import { setVariables } from './environment.ts'
import type { EnvironmentVariables, ReadText } from './environment.ts'
import { kafkaConflicts, pemFileProblems } from './kafka-security.ts'
import { StartAtText } from './start-at.ts'

/** What the environment says. */
export interface LaunchVariables {
  readonly dataDir?: string
  readonly connection: ConnectionVariables
  readonly fixed: FixedSettings
}

/** All problems, one sentence each: ReMo prints them and exits with 2. */
export type ReadLaunchVariables =
  | { readonly ok: true; readonly variables: LaunchVariables }
  | { readonly ok: false; readonly problems: readonly string[] }

const onOff = z.enum(['on', 'off'], 'expected on or off').transform((text) => text === 'on')
const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'expected a number')
  .transform(Number)
/** How a variable writes the value of a setting; absent: as the settings file does. */
const writtenAs: Readonly<Record<string, z.ZodType | undefined>> = {
  PROMETHEUS_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'expected a port from 0 to 65535')
    .transform(Number),
  REMO_PROMETHEUS_NODE_SERIES: onOff,
  REMO_PROMETHEUS_ALL_METRICS: onOff,
  REMO_UPDATE_CHECK: onOff,
  REMO_KEEP_DAYS: number,
  REMO_KEEP_GIGABYTES: number,
  REMO_SILENCE_LONGEST_DAYS: number,
}

/** Variables of a connection: the field that each fixes, and how it is written. */
const connectionVariables = {
  KAFKA_BOOTSTRAP_SERVERS: { field: 'brokers', schema: BrokerList },
  KAFKA_TOPIC_PATTERN: { field: 'topics', schema: Connection.shape.topics },
  KAFKA_CLIENT_RACK: { field: 'rack', schema: z.string() },
  KAFKA_AUTO_OFFSET_RESET: { field: 'startAt', schema: StartAtText },
  KAFKA_SECURITY_PROTOCOL: {
    field: 'protocol',
    schema: z.enum(securityProtocols, `expected one of ${securityProtocols.join(', ')}`),
  },
  KAFKA_SASL_MECHANISM: {
    field: 'mechanism',
    schema: z.enum(saslMechanisms, `expected one of ${saslMechanisms.join(', ')}`),
  },
  KAFKA_SASL_USERNAME: { field: 'username', schema: z.string() },
  KAFKA_SASL_PASSWORD: { field: 'password', schema: z.string() },
  KAFKA_SSL_CA: { field: 'ca', schema: z.string().transform((file) => ({ file })) },
  KAFKA_SSL_CERT: { field: 'cert', schema: z.string().transform((file) => ({ file })) },
  KAFKA_SSL_KEY: { field: 'key', schema: z.string().transform((file) => ({ file })) },
  REMO_BACKEND_URL: { field: 'backendUrl', schema: Connection.shape.backendUrl },
  REMO_TEAM: { field: 'team', schema: TeamName },
} as const satisfies Record<string, { field: ConnectionField; schema: z.ZodType }>

/** Names of all variables of a console. */
export const launchVariableNames: readonly string[] = [
  ...Object.keys(connectionVariables),
  'REMO_DATA_DIR',
  ...settingKeys.flatMap((key) => variableOf(key) ?? []),
]

/** Reads the variables of a console. The password may come from KAFKA_SASL_PASSWORD_FILE. No problem contains it. */
export function readLaunchVariables(env: EnvironmentVariables, readText: ReadText): ReadLaunchVariables {
  const given = setVariables(env, ['KAFKA_SASL_PASSWORD'], readText)
  const problems = [...given.problems]
  const connection = readConnection(given.values, problems)
  const fixed = readFixed(given.values, problems)
  // Only a whole description can be checked: otherwise the rest is in the settings file.
  if (given.values['KAFKA_BOOTSTRAP_SERVERS'] !== undefined && given.problems.length === 0)
    problems.push(...kafkaConflicts(given.values).map((problem) => `${problem}.`))
  problems.push(...pemFileProblems(given.values, readText))
  if (problems.length > 0) return { ok: false, problems }
  const dataDir = given.values['REMO_DATA_DIR']
  return { ok: true, variables: { ...(dataDir === undefined ? {} : { dataDir }), connection, fixed } }
}

function readConnection(values: Readonly<Record<string, string>>, problems: string[]): ConnectionVariables {
  const fields: Record<string, unknown> = {}
  const names: Partial<Record<ConnectionField, string>> = {}
  for (const [name, { field, schema }] of Object.entries(connectionVariables)) {
    const text = values[name]
    if (text === undefined) continue
    const value = parsed({ name, text, schema }, problems)
    if (value === undefined) continue
    fields[field] = value
    names[field] = name
  }
  const { password, ...rest } = fields
  return {
    fields: rest as Partial<Connection>,
    ...(typeof password === 'string' ? { password } : {}),
    names,
  }
}

function readFixed(values: Readonly<Record<string, string>>, problems: string[]): FixedSettings {
  const fixed: Record<string, { value: unknown; source: SettingSource }> = {}
  for (const key of settingKeys) {
    const name = variableOf(key)
    const text = name === undefined ? undefined : values[name]
    if (name === undefined || text === undefined) continue
    const { schema } = appSettings[key]
    const written = writtenAs[name]
    const value = parsed(
      { name, text, schema: written === undefined ? schema : written.pipe(schema as z.ZodType<unknown, unknown>) },
      problems,
    )
    if (value !== undefined) fixed[key] = { value, source: { kind: 'variable', name } }
  }
  return fixed as FixedSettings
}

function variableOf(key: (typeof settingKeys)[number]): string | undefined {
  const { variable } = appSettings[key] as { variable?: string }
  return variable
}

interface Written {
  readonly name: string
  readonly text: string
  readonly schema: z.ZodType
}

/** `undefined`: a problem was added. Secrets have no wrong form, so no problem shows one. */
function parsed({ name, text, schema }: Written, problems: string[]): unknown {
  const result = schema.safeParse(text, { error: schemaMessage })
  if (result.success) return result.data
  problems.push(`${name}: ${result.error.issues[0]?.message ?? 'not valid'}, got ${JSON.stringify(text)}.`)
  return undefined
}
