import { expect, test } from 'vitest'
import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import { type ConnectionInUse, unsetConnection } from '#shared/settings/connection-in-use.ts'
import type { ConnectionSecrets } from '#shared/settings/connection.ts'
import { draftSecrets } from './draft-secrets.ts'

const connection = { ...unsetConnection, id: 'prod', protocol: 'SASL_SSL', username: 'remo' } as const
const withKey = { ...connection, cert: { text: 'a certificate' }, keyPasted: true } as const
const variables = { fields: {}, names: {} }

async function read(draft: DraftConnection, fixedPassword?: string) {
  const asked: unknown[] = []
  const stored: ConnectionSecrets = { password: 'stored', key: 'stored key' }
  const fixed = fixedPassword === undefined ? {} : { password: 'KAFKA_SASL_PASSWORD' }
  const inUse: ConnectionInUse = { connection, origin: 'saved', fixed, folder: 'connections/prod' }
  const secrets = await draftSecrets(draft, {
    inUse,
    variables: fixedPassword === undefined ? variables : { ...variables, password: fixedPassword },
    stored: {
      read: (_id, names) => {
        asked.push(...names)
        return Promise.resolve(Object.fromEntries(names.map((name) => [name, stored[name]])))
      },
    },
  })
  return { secrets, asked }
}

test('the stored secrets are read that the form leaves out, and no others', async () => {
  expect(await read(connection)).toEqual({ secrets: { password: 'stored' }, asked: ['password'] })
  expect(await read({ ...withKey, secrets: { password: 'typed' } })).toEqual({
    secrets: { key: 'stored key' },
    asked: ['key'],
  })
  expect(await read({ ...connection, protocol: 'PLAINTEXT' })).toEqual({ secrets: {}, asked: [] })
})

test('a new connection has no stored secrets', async () => {
  const { id: _, ...unsaved } = connection
  expect(await read(unsaved)).toEqual({ secrets: {}, asked: [] })
})

test('a password that a variable fixes is the one of the variable', async () => {
  expect(await read(connection, 'given')).toEqual({ secrets: { password: 'given' }, asked: [] })
  expect((await read({ ...connection, id: 'stage' }, 'given')).secrets).toEqual({ password: 'stored' })
})
