import { describe, expect, test } from 'vitest'
import { addressProblem, ntfyAddress, targetHash, webhookTarget } from './target.ts'

const json = { format: 'json', secret: undefined } as const

describe('credentials in the address', () => {
  test.each([
    ['https://ops:p%40ss@hooks.example.com/a?b=c', 'ops:p@ss', 'https://hooks.example.com/a?b=c'],
    ['https://:tk_secret@ntfy.sh/topic', ':tk_secret', 'https://ntfy.sh/topic'],
    ['https://user@hooks.example.com/', 'user:', 'https://hooks.example.com/'],
  ])('%s', (address, credentials, url) => {
    const target = webhookTarget(address, json)
    expect(target.url.href).toBe(url)
    expect(Buffer.from(target.authorization?.slice('Basic '.length) ?? '', 'base64').toString()).toBe(credentials)
  })

  test('are optional', () => {
    expect(webhookTarget('https://hooks.example.com/a', json).authorization).toBeUndefined()
  })
})

test.each([
  ['https://ntfy.sh/remo-ops', 'remo-ops', 'https://ntfy.sh/'],
  ['https://push.example.com:8443/remo_1/', 'remo_1', 'https://push.example.com:8443/'],
  ['https://example.com/ntfy/remo?auth=QmFz', 'remo', 'https://example.com/ntfy/?auth=QmFz'],
])('the topic of %s is %s', (address, topic, root) => {
  const found = ntfyAddress(new URL(address))
  expect([found?.topic, found?.publishUrl.href]).toEqual([topic, root])
})

test.each([
  ['https://hooks.example.com/a', 'json', undefined],
  ['http://10.0.0.7:9000/', 'alertmanager', undefined],
  ['hooks.example.com', 'json', 'expected https://host/path, or http'],
  ['ftp://hooks.example.com/', 'slack', 'expected https://host/path, or http'],
  ['https://a:%zz@hooks.example.com/', 'json', 'expected credentials with valid % escapes'],
  ['https://ntfy.sh/', 'ntfy', 'expected https://host/topic for ntfy: letters, digits, - and _, at most 64'],
  ['https://ntfy.sh/a.b', 'ntfy', 'expected https://host/topic for ntfy: letters, digits, - and _, at most 64'],
] as const)('the address %s for %s: %s', (address, format, problem) => {
  expect(addressProblem(address, format)).toBe(problem)
})

test('another address, format, credential or secret is another configuration', () => {
  const targets = [
    webhookTarget('https://a.example/1', json),
    webhookTarget('https://a.example/2', json),
    webhookTarget('https://u:p@a.example/1', json),
    webhookTarget('https://a.example/1', { ...json, secret: 'x'.repeat(16) }),
    webhookTarget('https://a.example/1', { ...json, format: 'slack' }),
  ]
  expect(new Set(targets.map((target) => targetHash(target).toString('hex'))).size).toBe(targets.length)
  expect(targetHash(webhookTarget('https://a.example/1', json))).toEqual(targetHash(targets[0] as never))
})
