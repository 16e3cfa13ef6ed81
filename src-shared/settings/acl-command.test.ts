import { expect, test } from 'vitest'
import { certificatePrincipal, grantReadCommand, literalPrefix } from './acl-command.ts'

test.each([
  ['^metrics-', 'metrics-'],
  ['^metrics-.*', 'metrics-'],
  ['^metrics-\\d+$', 'metrics-'],
  ['^prod\\.metrics_', 'prod.metrics_'],
  ['^metrics?-', 'metric'],
  ['^metricss*', 'metrics'],
  ['^(a|b)-', ''],
  ['^a-|^b-', ''],
  ['metrics-', ''],
  ['.*', ''],
  ['^', ''],
])('every match of %s begins with "%s"', (pattern, prefix) => {
  expect(literalPrefix(pattern)).toBe(prefix)
})

test('a command is safe to paste, whatever the user is called', () => {
  const topics = { pattern: 'prefixed', name: 'metrics-' } as const
  expect(grantReadCommand('kafka-1:9092', 'User:remo', topics)).toBe(
    'kafka-acls.sh --bootstrap-server kafka-1:9092 --add --allow-principal User:remo --operation Read --operation Describe --topic metrics- --resource-pattern-type prefixed',
  )
  const odd = grantReadCommand('[::1]:9092', "User:o'neil; rm -rf $HOME", { pattern: 'literal', name: '*' })
  expect(odd).toContain(`--bootstrap-server '[::1]:9092' `)
  expect(odd).toContain(`--allow-principal 'User:o'\\''neil; rm -rf $HOME' `)
  expect(odd).toMatch(/--topic '\*'$/)
})

test('a certificate is known by its subject, in the order of RFC 2253', () => {
  expect(certificatePrincipal('C=CH\nO=Example\nCN=remo')).toBe('User:CN=remo,O=Example,C=CH')
})
