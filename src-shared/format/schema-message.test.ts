import { expect, test } from 'vitest'
import { z } from 'zod'
import { flatIssues, schemaMessage } from './schema-message.ts'

const Form = z.strictObject({
  name: z.string().min(1).max(3),
  age: z.int().gte(0).lte(9),
  ratio: z.number().gt(0),
  isOn: z.boolean(),
  kind: z.enum(['a', 'b', 'c']),
  all: z.literal('all'),
  mail: z.email(),
  id: z.uuid(),
  at: z.iso.datetime(),
  code: z.string().regex(/^x/),
  list: z.array(z.string()).min(1).max(2),
  size: z.union([z.strictObject({ w: z.number() }), z.strictObject({ r: z.number(), unit: z.string() })]),
  own: z.string('expected our own word'),
})
const good = {
  name: 'ada',
  age: 1,
  ratio: 0.5,
  isOn: true,
  kind: 'a',
  all: 'all',
  mail: 'ada@example.com',
  id: '00000000-0000-4000-8000-000000000001',
  at: '2026-11-24T10:15:30Z',
  code: 'x',
  list: ['a'],
  size: { w: 1 },
  own: 'word',
}

function messageFor(change: object): string[] {
  const parsed = Form.safeParse({ ...good, ...change }, { error: schemaMessage })
  return flatIssues(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test.each<[object, string]>([
  [{ name: undefined }, 'name: required'],
  [{ name: '' }, 'name: must not be empty'],
  [{ name: 'long' }, 'name: expected at most 3 characters'],
  [{ name: 7 }, 'name: expected text'],
  [{ age: 1.5 }, 'age: expected a whole number'],
  [{ age: 10 }, 'age: expected at most 9'],
  [{ age: -1 }, 'age: expected at least 0'],
  [{ ratio: 0 }, 'ratio: expected more than 0'],
  [{ ratio: '1' }, 'ratio: expected a number'],
  [{ isOn: 'yes' }, 'isOn: expected true or false'],
  [{ kind: 'd' }, 'kind: expected "a", "b" or "c"'],
  [{ all: 'none' }, 'all: expected "all"'],
  [{ mail: 'ada' }, 'mail: expected an email address'],
  [{ id: '1' }, 'id: expected a UUID'],
  [{ at: 'now' }, 'at: expected a time such as 2026-11-24T10:15:30Z'],
  [{ code: 'y' }, 'code: has a wrong form'],
  [{ list: [] }, 'list: expected at least 1 entry'],
  [{ list: ['a', 'b', 'c'] }, 'list: expected at most 2 entries'],
  [{ list: 'a' }, 'list: expected a list'],
  [{ own: 1 }, 'own: expected our own word'],
  [{ size: { w: 'wide' } }, 'size.w: expected a number'],
  [{ size: { r: 'round', unit: 'm' } }, 'size.r: expected a number'],
  [{ size: undefined }, 'size: required'],
  [{ more: 1 }, ': unknown field more'],
])('%j', (change, expected) => {
  expect(messageFor(change)).toEqual([expected])
})

test('nothing is wrong with what fits', () => {
  expect(messageFor({})).toEqual([])
})
