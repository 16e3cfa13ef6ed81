import { databaseHeader, teamTopics } from '#shared/team/team-topics.ts'
import { expect, test } from 'vitest'
import { foreignSentence, ownershipOf } from './ownership.ts'
import { PublishedRecords } from './published-records.ts'

const [mine, theirs] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const own = { id: mine, hasUnmarked: false }
const older = { id: mine, hasUnmarked: true }

function published(records: ReadonlyArray<'rule' | 'claim'>, by: readonly string[]): PublishedRecords {
  const topics = new PublishedRecords()
  records.forEach((kind, i) => {
    const headers = by[i] ? { [databaseHeader]: by[i] } : {}
    if (kind === 'claim') topics.add('alerts', { key: by[i] ?? '', value: null, headers })
    else topics.add('rules', { key: 'a', value: '{}', headers })
  })
  return topics
}

test.each([
  ['empty topics', [], [], own, 'unclaimed'],
  ['its own claim first', ['claim', 'claim'], [mine, theirs], own, 'own'],
  ['another claim first', ['claim', 'claim'], [theirs, mine], own, 'foreign'],
  ['its own records, and the claim of another', ['claim', 'rule'], [theirs, mine], own, 'own'],
  ['records of another', ['claim', 'rule'], [mine, theirs], own, 'foreign'],
  ['records of both', ['rule', 'rule'], [mine, theirs], own, 'foreign'],
  ['records of 0.1.0, to a database of 0.1.0', ['rule'], [''], older, 'unclaimed'],
  ['records of 0.1.0, to a new database', ['rule'], [''], own, 'foreign'],
  ['records of 0.1.0 and its own, to a new database', ['rule', 'rule'], ['', mine], own, 'own'],
] as const)('%s', (...[, records, by, database, kind]) => {
  expect(ownershipOf(published(records, by), database).kind).toBe(kind)
})

test('the sentence contains the topics, both databases and what to do', () => {
  const ownership = ownershipOf(published(['rule'], [theirs]), own)
  if (ownership.kind !== 'foreign') throw new Error('expected foreign topics')
  expect(foreignSentence(ownership, teamTopics('blue'), own)).toBe(
    `remo-blue-rules in Kafka belongs to the database ${theirs}, not to this backend's database ${mine}: ` +
      'set REMO_TEAM to another name, or take the topics over as docs/operations.md says.',
  )
})
