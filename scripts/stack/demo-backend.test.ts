import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoBackend, demoBroker, demoDatabasePassword } from './demo.ts'

const compose = readFileSync(join(import.meta.dirname, '..', '..', 'compose.yaml'), 'utf8')

test('the backend has the same settings natively and in containers', () => {
  const block = /^x-backend-environment: &backend-environment\n((?: {2}.*\n)+)/m.exec(compose)?.[1] ?? ''
  const settings = [...block.matchAll(/^ {2}([A-Z_]+): '?(.*?)'?$/gm)].map(([, name, value]) => [name, value])
  expect(Object.fromEntries(settings)).toEqual({
    ...demoBackend,
    REMO_TEAM: '${REMO_TEAM:-}', // natively from the same shell
    DATABASE_URL: `postgres://remo:${demoDatabasePassword}@postgres:5432/remo`,
    KAFKA_BOOTSTRAP_SERVERS: 'kafka:19092',
  })
})

test('the broker has the same settings natively and in containers', () => {
  for (const [name, value] of Object.entries(demoBroker)) {
    expect(compose).toContain(`KAFKA_${name.replaceAll('.', '_').toUpperCase()}: '${value}'`)
  }
})
