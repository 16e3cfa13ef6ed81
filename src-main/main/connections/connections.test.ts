import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import type { ConnectionInUse, ConnectionVariables } from '#shared/settings/connection-in-use.ts'
import type { Connection } from '#shared/settings/connection.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import { InMemorySecrets } from '../secrets/in-memory-secrets.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { ConnectionFolders } from './connection-folders.ts'
import { ConnectionHost } from './connection-host.ts'
import { Connections } from './connections.ts'
import type { ListedConnection } from './connections.ts'
import { readAccess } from './read-access.ts'
import { StoredSecrets } from './stored-secrets.ts'

const nothing: ConnectionVariables = { fields: {}, names: {} }
const aConnection = (id: string, over: Partial<Connection> = {}): Connection => ({
  ...unsetConnection,
  id,
  name: id,
  brokers: [`${id}:9092`],
  ...over,
})
const aDraft = (name: string, over: Partial<DraftConnection> = {}): DraftConnection => {
  const { id: _, ...fields } = aConnection(name, { brokers: ['kafka:9092'] })
  return { ...fields, ...over }
}
const sasl = { protocol: 'SASL_SSL', username: 'ada' } as const

/** The list of connections of an app without threads. */
class TestApp {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'remo-connections-'))
  readonly path = join(this.dataDir, 'settings.json')
  readonly secrets = new InMemorySecrets('No keychain in this test.')
  readonly stored = new StoredSecrets(this.secrets, this.dataDir)
  /** What was opened, one after another. */
  readonly opened: string[] = []
  marked = 0
  readonly settings: SettingsService
  readonly host: ConnectionHost<ListedConnection>
  readonly connections: Connections

  constructor(file: object = {}, start: { variables?: ConnectionVariables; profile?: string; demo?: boolean } = {}) {
    const { variables = nothing, profile, demo = false } = start
    writeFileSync(this.path, JSON.stringify({ version: 1, ...file }))
    this.settings = new SettingsService(new SettingsFileStore({ path: this.path, log: nullLog, now: () => 0 }), {})
    const access = (inUse: ConnectionInUse) =>
      readAccess(inUse, { variables, stored: this.stored, readText: (path) => readFileSync(path, 'utf8') })
    this.host = new ConnectionHost<ListedConnection>({
      open: async (inUse) => {
        const found = await access(inUse)
        this.opened.push(`${inUse.connection.id} ${found.kind}`)
        return { inUse, access: found, start: () => undefined, silence: () => undefined, end: () => Promise.resolve() }
      },
      changing: () => undefined,
      opened: () => undefined,
      failed: () => undefined,
      log: nullLog,
    })
    this.connections = new Connections({
      settings: this.settings,
      profile,
      demo,
      variables,
      host: this.host,
      stored: this.stored,
      folders: new ConnectionFolders(this.dataDir),
      readAccess: access,
      countNodes: () => Promise.resolve(3),
      marked: () => this.marked++,
      push: () => undefined,
      log: nullLog,
    })
    this.connections.follow()
  }

  /** The connection that is open when nothing changes any more. */
  async inUse(): Promise<string | undefined> {
    const chosen = this.connections.chosen()
    if (chosen.ok && this.host.inUse === undefined) await this.host.switchTo(chosen.inUse)
    await expect.poll(() => this.host.current).toBeDefined()
    return this.host.current?.inUse.connection.id
  }

  get file(): { connections?: Connection[]; inUse?: string } {
    return JSON.parse(readFileSync(this.path, 'utf8')) as { connections?: Connection[]; inUse?: string }
  }
}

test('a first connection is saved, opened, and in use at the next start', async () => {
  const app = new TestApp()
  expect(await app.inUse()).toBe('localhost')
  const { id, view } = await app.connections.save(aDraft('Production Zürich'), true)
  expect(id).toBe('production-zurich')
  expect(await app.inUse()).toBe('production-zurich')
  expect(app.file).toMatchObject({ inUse: id, connections: [{ id, name: 'Production Zürich' }] })
  expect(view.items.map(({ connection, inUse }) => [connection.id, inUse])).toEqual([['production-zurich', true]])
})

test('a switch opens the other connection, once', async () => {
  const app = new TestApp({ connections: [aConnection('prod'), aConnection('stage')], inUse: 'prod' })
  expect(await app.inUse()).toBe('prod')
  const view = await app.connections.use('stage')
  expect(await app.inUse()).toBe('stage')
  expect(app.opened).toEqual(['prod ready', 'stage ready'])
  expect(view.items.map(({ connection, inUse }) => [connection.id, inUse])).toEqual([
    ['prod', false],
    ['stage', true],
  ])
  expect(app.file.inUse).toBe('stage')
})

test('a change of label and color only marks, a change of brokers opens the connection anew', async () => {
  const app = new TestApp({ connections: [aConnection('prod')], inUse: 'prod' })
  await app.inUse()
  await app.connections.save({ ...aConnection('prod'), label: 'PROD', color: 'red' }, false)
  expect([app.opened, app.marked, app.host.current?.inUse.connection.label]).toEqual([['prod ready'], 1, 'PROD'])
  await app.connections.save({ ...aConnection('prod'), brokers: ['other:9092'] }, false)
  await app.inUse()
  expect(app.opened).toEqual(['prod ready', 'prod ready'])
})

test('a hand edit that names another connection, or changes the one in use, holds at once', async () => {
  const app = new TestApp({ connections: [aConnection('prod'), aConnection('stage')], inUse: 'prod' })
  await app.inUse()
  app.settings.changeConnections((file) => file) // the file as it is: nothing opens
  writeFileSync(app.path, JSON.stringify({ version: 1, connections: app.file.connections, inUse: 'stage' }))
  app.settings.changeConnections((file) => file)
  expect(await app.inUse()).toBe('stage')
  expect(app.opened).toEqual(['prod ready', 'stage ready'])
})

test('passwords are not in the file, and a new password opens the connection again', async () => {
  const app = new TestApp()
  await app.inUse()
  const { id } = await app.connections.save(aDraft('prod', { ...sasl, secrets: { password: 'hunter2' } }), true)
  expect(await app.inUse()).toBe('prod')
  expect(readFileSync(app.path, 'utf8')).not.toContain('hunter2')
  const { view } = await app.connections.save({ ...aDraft('prod', sasl), id, secrets: { password: 'other' } }, false)
  await app.inUse()
  expect(app.opened).toEqual(['localhost ready', 'prod ready', 'prod ready'])
  expect(view.items[0]).toMatchObject({ hasPassword: true })
  expect(view.keychainProblem).toMatch(/only until it quits/)
})

test('without its password a connection waits, and goes on when it is typed', async () => {
  const app = new TestApp({ connections: [aConnection('prod', sasl)] })
  await app.inUse()
  expect(app.opened).toEqual(['prod missing'])
  await app.connections.unlock('hunter2')
  expect(app.host.current?.access.kind).toBe('ready')
  await expect(app.connections.unlock('again')).rejects.toMatchObject({ code: 'conflict' })
})

test('a password that the keychain gives later is taken then', async () => {
  const app = new TestApp({ connections: [aConnection('prod', sasl)] })
  await app.inUse()
  await app.stored.save('prod', { password: 'hunter2' })
  await app.connections.retryAccess()
  expect(app.opened).toEqual(['prod missing', 'prod ready'])
})

test('the connection in use cannot be removed, another one goes with its password', async () => {
  const app = new TestApp({ connections: [aConnection('prod'), aConnection('stage', sasl)], inUse: 'prod' })
  await app.inUse()
  await app.stored.save('stage', { password: 'hunter2' })
  await expect(app.connections.remove('prod')).rejects.toMatchObject({
    code: 'conflict',
    message: 'prod is in use. Use another connection first.',
  })
  const view = await app.connections.remove('stage')
  expect(view.items.map(({ connection }) => connection.id)).toEqual(['prod'])
  expect(await app.stored.read('stage', ['password'])).toEqual({})
  await expect(app.connections.remove('stage')).rejects.toMatchObject({ code: 'not-found' })
})

test('two connections cannot have one name', async () => {
  const app = new TestApp({ connections: [aConnection('prod'), aConnection('stage')] })
  await expect(app.connections.save(aDraft('PROD'), false)).rejects.toMatchObject({ code: 'conflict' })
  await expect(app.connections.save({ ...aConnection('stage'), name: 'Prod' }, false)).rejects.toMatchObject({
    message: 'Another connection has the name Prod. Choose another name.',
  })
})

test('a field that a variable fixes cannot be changed, and the file keeps its own value', async () => {
  const variables: ConnectionVariables = { fields: { topics: '^prod-' }, names: { topics: 'KAFKA_TOPIC_PATTERN' } }
  const app = new TestApp({ connections: [aConnection('prod')] }, { variables })
  await app.inUse()
  const shown = { ...aConnection('prod'), topics: '^prod-' }
  await expect(app.connections.save({ ...shown, topics: '^other-' }, false)).rejects.toMatchObject({
    code: 'conflict',
    message: 'KAFKA_TOPIC_PATTERN fixes the field topics. Change or remove it, and restart ReMo.',
  })
  await app.connections.save({ ...shown, label: 'PROD' }, false)
  expect(app.file.connections).toMatchObject([{ label: 'PROD', topics: '^metrics-' }])
})

test('variables with a Kafka describe a connection of their own, which is in use at the start', async () => {
  const variables: ConnectionVariables = {
    fields: { brokers: ['env:9092'] },
    names: { brokers: 'KAFKA_BOOTSTRAP_SERVERS' },
  }
  const app = new TestApp({ connections: [aConnection('prod')], inUse: 'prod' }, { variables })
  expect(await app.inUse()).toBe('environment')
  await app.connections.use('prod')
  expect(await app.inUse()).toBe('prod')
  expect(app.host.current?.inUse).toMatchObject({ fixed: {}, connection: { brokers: ['prod:9092'] } })
  await app.connections.use('environment')
  expect(await app.inUse()).toBe('environment')
  await expect(app.connections.save({ ...aDraft('Environment'), id: 'environment' }, false)).rejects.toMatchObject({
    code: 'conflict',
  })
})

test('with --profile the connection stays, whatever others choose', async () => {
  const file = { connections: [aConnection('prod'), aConnection('stage')], inUse: 'prod' }
  const app = new TestApp(file, { profile: 'stage' })
  expect(await app.inUse()).toBe('stage')
  expect((await app.connections.view()).switchProblem).toContain('--profile stage')
  await expect(app.connections.use('prod')).rejects.toMatchObject({ code: 'conflict' })
  await expect(app.connections.remove('prod')).rejects.toMatchObject({ code: 'conflict' })
})

test('a demo has its own connection, and leaving it goes back', async () => {
  const app = new TestApp({ connections: [aConnection('prod')] })
  await app.inUse()
  app.connections.startDemo()
  expect(await app.inUse()).toBe('demo')
  app.connections.leaveDemo()
  expect(await app.inUse()).toBe('prod')
  app.connections.startDemo()
  await app.connections.use('prod')
  expect(await app.inUse()).toBe('prod')
})

test('a new connection never gets the cache of one that was removed by hand', async () => {
  const app = new TestApp()
  await app.inUse()
  mkdirSync(join(app.dataDir, 'connections', 'prod'), { recursive: true })
  expect((await app.connections.save(aDraft('Prod'), false)).id).toBe('prod-2')
})

test('other topics of a saved connection are in its place of the file, and it opens anew', async () => {
  const app = new TestApp({ connections: [aConnection('prod'), aConnection('stage')], inUse: 'stage' })
  await app.inUse()
  app.connections.setTopics('^(metrics-|telegraf$)')
  await app.inUse()
  expect(app.file.connections?.map(({ id, topics }) => [id, topics])).toEqual([
    ['prod', '^metrics-'],
    ['stage', '^(metrics-|telegraf$)'],
  ])
  expect([app.opened, app.host.current?.inUse.connection.topics]).toEqual([
    ['stage ready', 'stage ready'],
    '^(metrics-|telegraf$)',
  ])
})

test('topics of a connection that is not in the file are a setting, and its cache stays', async () => {
  const variables: ConnectionVariables = {
    fields: { brokers: ['kafka:9092'] },
    names: { brokers: 'KAFKA_BOOTSTRAP_SERVERS' },
  }
  for (const start of [{}, { variables }]) {
    const app = new TestApp({}, start)
    await app.inUse()
    app.connections.setTopics('^telegraf$')
    await app.inUse()
    expect(app.file).toMatchObject({ stream: { topics: '^telegraf$' } })
    expect([app.file.connections, app.opened.length]).toEqual([undefined, 2])
    expect(app.host.current?.inUse).toMatchObject({ folder: '', connection: { topics: '^telegraf$' } })
    const { items } = await app.connections.view()
    expect(items[0]?.connection.topics).toBe('^telegraf$')
  }
})

test('a variable that sets the topics comes first, and the demo has none to change', async () => {
  const fields = { brokers: ['kafka:9092'], topics: '^metrics-' }
  const names = { brokers: 'KAFKA_BOOTSTRAP_SERVERS', topics: 'KAFKA_TOPIC_PATTERN' }
  const app = new TestApp({ stream: { topics: '^other' } }, { variables: { fields, names } })
  await app.inUse()
  expect(app.host.current?.inUse.connection.topics).toBe('^metrics-')
  expect(() => app.connections.setTopics('^telegraf$')).toThrow(/^KAFKA_TOPIC_PATTERN sets the topics\./)
  const demo = new TestApp({}, { demo: true })
  await demo.inUse()
  expect(() => demo.connections.setTopics('^telegraf$')).toThrow('The demo reads simulated servers.')
})
