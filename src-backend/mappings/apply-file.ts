import { isDeepStrictEqual } from 'node:util'
import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { nextEffectiveFrom } from '#shared/rule/effective-from.ts'
import type { Db } from '../db/db.ts'
import { isRead, lockMappings, storedMappings } from './repo.ts'
import { type MappingAuthor, writeVersion } from './service.ts'

/** Author of what comes from a file. */
const author = { actor: { accountId: null, username: 'file' }, requestId: 'REMO_MAPPINGS_FILE' }

/**
 * Makes the mappings of the file the fixed ones. Any number of replicas may do it, repeatedly: what is so already stays.
 *
 * | topic | in the file | not in the file | without a file |
 * |---|---|---|---|
 * | fixed | as in the file | removed | stays, and can be changed |
 * | with a mapping that somebody saved | replaced, fixed | stays | stays |
 *
 * A topic that only a newer version can read stays as it is: the ingest of this replica stops for it.
 * @param file `undefined`: no file is configured
 * @param now epoch ms
 */
export async function applyMappingsFile(db: Db, file: readonly FieldMapping[] | undefined, now: number): Promise<void> {
  await lockMappings(db)
  const stored = new Map<string, TopicMapping | undefined>()
  for (const { topic, record } of await storedMappings(db)) {
    const decoded = topicMappingCodec.decode(record)
    stored.set(topic, decoded.ok ? decoded.value : undefined)
  }
  for (const mapping of file ?? []) await fix(db, mapping, { stored, now })
  const fixed = new Set(file?.map(({ topic }) => topic))
  for (const [topic, before] of stored) {
    if (before?.isFixed !== true || fixed.has(topic)) continue
    const mapping = file ? null : before.mapping
    const next = { mapping, isFixed: false, effectiveFrom: nextEffectiveFrom(now, before) }
    await writeVersion(db, { topic, before, next }, by(now))
  }
}

interface Applying {
  readonly stored: ReadonlyMap<string, TopicMapping | undefined>
  readonly now: number
}

async function fix(db: Db, mapping: FieldMapping, { stored, now }: Applying): Promise<void> {
  const { topic } = mapping
  const before = stored.get(topic)
  if (stored.has(topic) && !before) return
  if (before?.isFixed === true && isDeepStrictEqual(before.mapping, mapping)) return
  // A topic that nobody has read yet is read by the file from its first record on.
  const isNew = !before && !(await isRead(db, topic))
  const effectiveFrom = isNew ? 0 : nextEffectiveFrom(now, before)
  await writeVersion(db, { topic, before, next: { mapping, isFixed: true, effectiveFrom } }, by(now))
}

function by(now: number): MappingAuthor {
  return { ...author, now }
}
