import { describe, expect, test } from 'vitest'
import { compileMyNodes, MyNodes } from './my-nodes.ts'

describe('my nodes', () => {
  const isMine = compileMyNodes([
    { kind: 'node', nodeId: 'db-1' },
    { kind: 'group', prefix: 'web' },
    { kind: 'pattern', pattern: 'cache-(a|b)\\d+' },
  ])

  test.each([
    ['db-1', true],
    ['db-11', false],
    ['web-117', true],
    ['web-eu-1', false],
    ['cache-a7', true],
    ['my-cache-a7', false],
  ])('%s: %s', (nodeId, mine) => expect(isMine(nodeId)).toBe(mine))

  test('none are no node', () => expect(compileMyNodes([])('db-1')).toBe(false))

  test('a pattern that cannot be compiled is refused with its reason', () => {
    const parsed = MyNodes.safeParse([{ kind: 'pattern', pattern: 'web-(' }])
    expect(parsed.error?.issues[0]?.message).toMatch(/\(/)
  })
})
