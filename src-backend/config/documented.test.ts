import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaSecurityVariables } from '#shared/settings/kafka-security.ts'
import { expect, test } from 'vitest'
import { variables } from './variables.ts'

test('every variable is documented, and nothing else', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/config.md'), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const documented = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name))
  const known = [...Object.keys(variables), ...Object.keys(kafkaSecurityVariables), 'KAFKA_BOOTSTRAP_SERVERS']
  expect(documented.toSorted()).toEqual(known.toSorted())
})
