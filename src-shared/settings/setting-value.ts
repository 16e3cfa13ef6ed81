import type { z } from 'zod'
import { schemaMessage } from '../format/schema-message.ts'
import { appSettings, type SettingKey, type SettingValues } from './app-settings.ts'

/** What a setting of the file is, as far as it can be used. */
export interface ReadSetting<K extends SettingKey> {
  /** `undefined`: nothing of it. */
  readonly value: SettingValues[K] | undefined
  /** Entries of a list that cannot be used, as they are in the file. */
  readonly unusable: readonly unknown[]
  readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>
}

/** Reads the value of a setting. Of a list with `entries`, the wrong ones do not affect the others. */
export function readSetting<K extends SettingKey>(key: K, given: unknown): ReadSetting<K> {
  const schema: z.ZodType = appSettings[key].schema
  const problems: Array<{ path: string; message: string }> = []
  const unusable: unknown[] = []
  let left: Array<[at: number, item: unknown]> | undefined
  if (Array.isArray(given) && entryName(key) !== undefined) left = [...given.entries()]
  for (;;) {
    const parsed = schema.safeParse(left ? left.map(([, item]) => item) : given, { error: schemaMessage })
    if (parsed.success) return { value: parsed.data as SettingValues[K], unusable, problems }
    const { issues } = parsed.error
    const wrong = new Map(
      left?.flatMap((entry, i) => {
        const issue = issues.find(({ path }) => path[0] === i)
        return issue ? [[entry, issue] as const] : []
      }),
    )
    if (left === undefined || wrong.size === 0) {
      const message = issues[0]?.message ?? 'has a wrong value'
      return { value: undefined, unusable, problems: [...problems, { path: key, message }] }
    }
    for (const [[at, item], { path, message }] of wrong) {
      unusable.push(item)
      problems.push({ path: placeOf(`${key}[${at}]`, path.slice(1)), message })
    }
    left = left.filter((entry) => !wrong.has(entry))
  }
}

/** The field that names an entry of the list; `undefined` for a setting that is read as a whole. */
export function entryName(key: SettingKey): string | undefined {
  const { entries }: { readonly entries?: string } = appSettings[key]
  return entries
}

/** `connections[0].brokers[1]` */
export function placeOf(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((at, part) => `${at}${typeof part === 'number' ? `[${part}]` : `.${String(part)}`}`, place)
}
