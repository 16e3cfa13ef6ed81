import { z } from 'zod'
import { schemaMessage } from '../format/schema-message.ts'
import { appSettings, settingKeys } from './app-settings.ts'
import type { SettingKey, SettingValues } from './app-settings.ts'
import { Connection, ConnectionId } from './connection.ts'
import { entryName, placeOf, readSetting } from './setting-value.ts'

/** Version of the file that this ReMo writes. */
export const settingsVersion = 1

/** A value of the file that cannot be used. The rest of the file is. */
export interface FileProblem {
  /** Place in the file: `appearance.theme`, `connections[1].brokers[0]`. */
  readonly path: string
  /** One sentence without the path. */
  readonly message: string
}

/** Content of settings.json. */
export interface SettingsFile {
  /** The object of the file, with keys that this ReMo does not know and values that it cannot use: written back. */
  readonly raw: Readonly<Record<string, unknown>>
  readonly values: Partial<SettingValues>
  readonly connections: readonly Connection[]
  /** Id of the connection in use. */
  readonly inUse: string | undefined
  readonly problems: readonly FileProblem[]
}

export const emptySettingsFile: SettingsFile = {
  raw: { $schema: './settings.schema.json', version: settingsVersion },
  values: {},
  connections: [],
  inUse: undefined,
  problems: [],
}

/** `broken`: no JSON object; the caller moves the file aside. */
export type ReadSettingsFile =
  { readonly kind: 'read'; readonly file: SettingsFile } | { readonly kind: 'broken'; readonly reason: string }

/**
 * Reads settings.json. One wrong value does not affect the others. A file of an older version is migrated; of a newer
 * one, ReMo uses what it understands and writes the rest back.
 */
export function readSettingsFile(text: string): ReadSettingsFile {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown
  } catch (cause) {
    return { kind: 'broken', reason: `it is no JSON (${cause instanceof Error ? cause.message : String(cause)})` }
  }
  if (!isObject(json)) return { kind: 'broken', reason: 'it is no JSON object' }
  return { kind: 'read', file: fileOf(migrated(json)) }
}

/**
 * The same file with one changed value; `undefined` removes it, so that the default is in force. Entries of a list that
 * ReMo cannot use stay, unless one of the new ones has their name.
 */
export function withSetting<K extends SettingKey>(
  file: SettingsFile,
  key: K,
  value: SettingValues[K] | undefined,
): SettingsFile {
  const [group = '', name = ''] = key.split('.')
  const before = file.raw[group]
  const { [name]: old, ...others } = isObject(before) ? before : {}
  const next = value === undefined ? others : { ...others, [name]: withUnusable(key, value, old) }
  const { [group]: __, ...rest } = file.raw
  return fileOf(Object.keys(next).length === 0 ? rest : { ...rest, [group]: next })
}

function withUnusable<K extends SettingKey>(key: K, value: SettingValues[K], old: unknown): unknown {
  const field = entryName(key)
  if (field === undefined || !Array.isArray(value)) return value
  const nameOf = (item: unknown): unknown => (isObject(item) ? item[field] : undefined)
  const names = new Set(value.map(nameOf))
  return [...value, ...readSetting(key, old ?? []).unusable.filter((item) => !names.has(nameOf(item)))]
}

/** The same file with these connections. Keys that this ReMo does not know stay with their connection. */
export function withConnections(
  file: SettingsFile,
  connections: readonly Connection[],
  inUse: string | undefined,
): SettingsFile {
  const before = new Map(rawConnections(file.raw).map((raw) => [isObject(raw) ? raw['id'] : undefined, raw]))
  const next = connections.map((connection) => {
    const { shape } = Connection
    const raw = before.get(connection.id)
    const unknown = isObject(raw) ? Object.entries(raw).filter(([key]) => !(key in shape)) : []
    return { ...connection, ...Object.fromEntries(unknown) }
  })
  const unusable = rawConnections(file.raw).filter((raw) => !Connection.safeParse(raw).success)
  const kept = unusable.filter((raw) => !connections.some(({ id }) => isObject(raw) && raw['id'] === id))
  const { inUse: _, ...rest } = file.raw
  return fileOf({
    ...rest,
    connections: [...next, ...kept],
    ...(inUse === undefined ? {} : { inUse }),
  })
}

/** Text of the file: for people, with one space of indentation per level and a line end. */
export function settingsText(file: SettingsFile): string {
  const { $schema = './settings.schema.json', version, ...rest } = file.raw
  const newer = typeof version === 'number' && version > settingsVersion ? version : settingsVersion
  return `${JSON.stringify({ $schema, version: newer, ...rest }, null, 2)}\n`
}

/** JSON schema of settings.json, for editors. */
export function settingsSchema(): object {
  const groups: Record<string, Record<string, object>> = {}
  for (const key of settingKeys) {
    const [group = '', name = ''] = key.split('.')
    const { schema, initial } = appSettings[key]
    groups[group] = { ...groups[group], [name]: { ...jsonSchema(schema), default: initial } }
  }
  const properties = Object.entries(groups).map(
    ([group, names]) => [group, { type: 'object', properties: names }] as const,
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of ReMo',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      version: { const: settingsVersion },
      ...Object.fromEntries(properties),
      connections: { type: 'array', items: jsonSchema(Connection) },
      inUse: { type: 'string', description: 'Id of the connection in use.' },
    },
  }
}

function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >
  return rest
}

function fileOf(raw: Readonly<Record<string, unknown>>): SettingsFile {
  const problems: FileProblem[] = versionProblems(raw['version'])
  const values = valuesOf(raw, problems)
  const connections = connectionsOf(raw, problems)
  const given = raw['inUse']
  const inUse = ConnectionId.safeParse(given)
  if (given !== undefined && !connections.some(({ id }) => id === given)) {
    problems.push({ path: 'inUse', message: 'expected the id of a connection in this file' })
  }
  return { raw, values, connections, inUse: inUse.success ? inUse.data : undefined, problems }
}

function versionProblems(version: unknown): FileProblem[] {
  if (typeof version !== 'number' || version <= settingsVersion) return []
  const numbers = `version ${version}; this ReMo supports ${settingsVersion}`
  return [
    {
      path: 'version',
      message: `a newer ReMo wrote this file (${numbers}). What this ReMo does not know stays in the file, and has no effect`,
    },
  ]
}

function valuesOf(raw: Readonly<Record<string, unknown>>, problems: FileProblem[]): Partial<SettingValues> {
  const values: Record<string, unknown> = {}
  for (const key of settingKeys) {
    const [group = '', name = ''] = key.split('.')
    const inGroup = raw[group]
    const value = isObject(inGroup) ? inGroup[name] : undefined
    if (value === undefined) continue
    const read = readSetting(key, value)
    if (read.value !== undefined) values[key] = read.value
    problems.push(...read.problems)
  }
  for (const group of new Set(settingKeys.map((key) => key.split('.')[0] ?? ''))) {
    if (raw[group] !== undefined && !isObject(raw[group])) problems.push({ path: group, message: 'expected an object' })
  }
  return values as Partial<SettingValues>
}

function connectionsOf(raw: Readonly<Record<string, unknown>>, problems: FileProblem[]): readonly Connection[] {
  const list = raw['connections']
  if (list !== undefined && !Array.isArray(list)) problems.push({ path: 'connections', message: 'expected a list' })
  const connections: Connection[] = []
  for (const [index, item] of rawConnections(raw).entries()) {
    const place = `connections[${index}]`
    const parsed = Connection.safeParse(item, { error: schemaMessage })
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) problems.push({ path: placeOf(place, path), message })
    } else if (connections.some(({ id }) => id === parsed.data.id)) {
      problems.push({ path: `${place}.id`, message: 'another connection has this id' })
    } else connections.push(parsed.data)
  }
  return connections
}

function rawConnections(raw: Readonly<Record<string, unknown>>): readonly unknown[] {
  const list = raw['connections']
  return Array.isArray(list) ? list : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Changes one version of the file to the next: `migrations[0]` makes version 1 of version 0. */
const migrations: ReadonlyArray<(raw: Record<string, unknown>) => Record<string, unknown>> = [flatToGroups]

/** A file without a version is of version 1: people leave it out. */
function migrated(raw: Record<string, unknown>): Record<string, unknown> {
  const { version } = raw
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) return raw
  const rest = migrations.slice(version)
  return rest.length === 0 ? raw : { ...rest.reduce((file, step) => step(file), raw), version: settingsVersion }
}

/**
 * Version 0, of development builds: `theme` and one Kafka at the top level. No release wrote it; it keeps the way of a
 * migration in use.
 */
function flatToGroups({ theme, kafka, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const before = isObject(kafka) ? kafka : undefined
  const brokers = typeof before?.['brokers'] === 'string' ? before['brokers'].split(',').map((text) => text.trim()) : []
  return {
    ...rest,
    ...(theme === undefined ? {} : { appearance: { theme } }),
    ...(before === undefined
      ? {}
      : { connections: [{ ...before, id: 'kafka', name: 'Kafka', brokers }], inUse: 'kafka' }),
  }
}
