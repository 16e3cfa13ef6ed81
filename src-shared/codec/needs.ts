/**
 * What a reader must understand at least. A record or stored row may carry `needs: <level>`. A reader of a lower level
 * must not apply it, because it would misread it. `needsVersion` is the text of the first version of that level, for a
 * reader that cannot know it.
 *
 * **Invariant**: a writer omits both keys for level 1. Version 0.1.0 parses strictly and would reject them.
 * A key that older readers may ignore needs no level. These need one: a new meaning of an old key, a new value of an
 * enumeration, a new kind of condition.
 */

/**
 * The level of this version. Raise it together with the table below. Level 2: rules and alerts of nodes that are
 * offline, alerts that ended because their node was forgotten, forgotten nodes. Level 3: rules with a hold. Level 4: rules for a
 * pattern of nodes, rules that find flapping, silences. Level 5: rules for any tags, silences that match tags, and names
 * of metrics longer than 64 characters. Level 6: mappings of topics.
 */
export const readerLevel = 6

/** First version of each level. */
export const firstVersions: Readonly<Record<number, string>> = {
  1: '0.1',
  2: '0.2',
  3: '0.2',
  4: '0.2',
  5: '0.2',
  6: '0.2',
}

export interface Needs {
  readonly level: number
  /** `undefined` where the record does not name the version. */
  readonly version: string | undefined
}

const none: Needs = { level: 1, version: undefined }
const versionText = /^\d{1,5}(\.\d{1,5}){0,3}$/

/** What `content` needs of its reader; `undefined` if `needs` is invalid. */
export function needsOf(content: unknown): Needs | undefined {
  if (typeof content !== 'object' || content === null) return none
  const { needs, needsVersion } = content as { readonly needs?: unknown; readonly needsVersion?: unknown }
  if (needs === undefined) return none
  if (!Number.isSafeInteger(needs)) return undefined
  const level = needs as number
  const named = typeof needsVersion === 'string' && versionText.test(needsVersion) ? needsVersion : undefined
  return { level, version: named ?? firstVersions[level] }
}

/** Content that needs a reader of this level. What it already needs, from a newer writer, stays. */
export function withNeeds(content: object, level: number): object {
  const written = needsOf(content)?.level ?? 1
  return level > written ? { ...content, needs: level, needsVersion: firstVersions[level] } : content
}

/** The higher of two. */
export function higherNeeds(a: Needs, b: Needs): Needs {
  return b.level > a.level ? b : a
}

/** `ReMo 0.3 or newer`. */
export function neededVersion(version: string | null | undefined): string {
  return version === undefined || version === null ? 'a newer ReMo' : `ReMo ${version} or newer`
}
