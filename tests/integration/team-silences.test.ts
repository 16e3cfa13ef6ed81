/** Silences of a team: a real Kafka and backend, and the data threads of two consoles. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hourMs } from '#shared/format/time-units.ts'
import { createSilenceOperation, expireSilenceOperation } from '#shared/rest/silences.ts'
import { aMatcher } from '#shared/silence/silence-builders.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Postgres, startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { ActionSender } from '../../src-main/main/backend/actions/action-sender.ts'
import { type CallBackend, RestClient } from '../../src-main/main/backend/rest/rest-client.ts'
import { startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { nullLog } from '../support/null-log.ts'
import { TeamBackend } from '../support/team-backend.ts'
import { teamUsers } from '../support/team-users.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 20 }
const user = teamUsers.operator.username

let kafka: StreamBroker
let dir: string
let postgres: Postgres
let backend: TeamBackend
let call: CallBackend
const threads: DataThread[] = []
const senders: ActionSender[] = []

beforeAll(async () => {
  kafka = await startStreamBroker()
  dir = mkdtempSync(join(tmpdir(), 'remo-silences-'))
  postgres = await startPostgres({ dir: join(dir, 'postgres'), port: await freePort() })
  backend = await TeamBackend.start(postgres, kafka.bootstrap)
  const client = new RestClient({ url: backend.url, fetch, onResponse: () => undefined })
  const token = await backend.signIn('operator')
  call = (operation, input) => client.call(operation, input, { token })
})
afterAll(async () => {
  await Promise.all([...senders.map((sender) => sender.end()), ...threads.map((thread) => thread.stop())])
  await backend.end()
  await kafka.end()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** A console that has read both team topics. */
async function aConsole(name: string): Promise<DataThread> {
  const dataDir = join(dir, name)
  mkdirSync(dataDir, { recursive: true })
  const thread = new DataThread({ dataDir, bootstrap: kafka.bootstrap, topicPattern: '^metrics-', hasBackend: true })
  threads.push(thread)
  await expect.poll(async () => (await thread.supervisor.call('rules.list', {})).length, within).toBeGreaterThan(0)
  return thread
}

/** What the main process of a console does with its queue while the backend is reachable. */
function sends(thread: DataThread): ActionSender {
  const session = {
    kind: 'signed-in' as const,
    backendUrl: backend.url,
    link: { reachable: true, since: 0 },
    user: { username: user, role: 'operator' as const },
  }
  const sender = new ActionSender({
    data: thread.supervisor,
    call,
    session: () => session,
    now: Date.now,
    log: nullLog,
  })
  senders.push(sender)
  sender.send()
  return sender
}

const draftOf = (nodeId: string): SilenceDraft => {
  const now = Date.now()
  return {
    matchers: [aMatcher('node', '=', nodeId)],
    schedule: { kind: 'once', startsAt: now, endsAt: now + 2 * hourMs },
    comment: 'disk swap',
  }
}

const silenceIn = async (thread: DataThread, id: string): Promise<Silence | undefined> =>
  (await thread.supervisor.call('silences.list', {})).find((silence) => silence.id === id)

test('a silence made by the API is in every console, and so is its end', async () => {
  const consoles = [await aConsole('one'), await aConsole('two')]
  const made = await call(createSilenceOperation, { body: draftOf('node-1') })
  if (!made.ok) throw new Error('the silence was not made')
  const { id } = made.body
  for (const thread of consoles) await expect.poll(() => silenceIn(thread, id), within).toEqual(made.body)
  const ended = await call(expireSilenceOperation, { params: { id }, query: {} })
  for (const thread of consoles) {
    await expect.poll(() => silenceIn(thread, id), within).toEqual(ended.ok ? ended.body : undefined)
  }
})

test('a silence made offline holds at once, and in the other console after the backend is back', async () => {
  const [one, two] = threads as [DataThread, DataThread]
  await backend.stop()
  const { id, createdAt } = await one.supervisor.call('silences.save', {
    draft: draftOf('node-2'),
    by: user,
    at: Date.now(),
  })
  expect(await silenceIn(one, id)).toMatchObject({ id, createdBy: user })
  const longer = { ...draftOf('node-2'), comment: 'takes longer' }
  await one.supervisor.call('silences.save', { id, version: 1, draft: longer, by: user, at: Date.now() })
  expect(await silenceIn(two, id)).toBeUndefined()

  await backend.run()
  sends(one)
  await expect.poll(() => silenceIn(two, id), within).toMatchObject({ version: 2, comment: 'takes longer', createdAt })
  await expect.poll(() => silenceIn(one, id), within).toEqual(await silenceIn(two, id))
  await expect.poll(() => one.supervisor.call('actions.list', {}), within).toEqual([])
})
