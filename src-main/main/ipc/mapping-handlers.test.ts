import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FieldMapping, MappingsFile, type TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import { aProblem } from '../backend/test-server.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { mappingHandlers } from './mapping-handlers.ts'

const press: FieldMapping = { topic: 'press-line', node: 'machine.serial', values: 'readings[*]' }
const oven: FieldMapping = { topic: 'oven', node: 'id', values: '' }
const ofTeam = (part: Partial<TopicMapping> = {}): TopicMapping => ({
  topic: 'press-line',
  isFixed: false,
  version: 3,
  effectiveFrom: 5,
  mapping: press,
  updatedBy: 'ada',
  updatedAt: 4,
  earlier: [],
  ...part,
})

interface Part {
  readonly team?: readonly TopicMapping[]
  readonly session?: OperatorSession
  readonly answer?: unknown
}

function fixture({ team = [], session, answer = { ok: true } }: Part = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'remo-mappings-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const settings = new SettingsService(
    new SettingsFileStore({ path: join(dir, 'settings.json'), log: nullLog, now: () => 0 }),
    {},
  )
  const sent: unknown[] = []
  const call = ({ method, path }: { method: string; path: string }, input: object): Promise<unknown> => {
    sent.push([method, path, input])
    return Promise.resolve(answer)
  }
  const calls = mappingHandlers({
    data: { call: () => Promise.resolve(team) } as never,
    session: session && ({ session, call } as unknown as BackendSession),
    settings: { settings },
    mappingFile: (name) => Promise.resolve(join(dir, name)),
  })
  return { calls, settings, sent, dir }
}

const link = { reachable: true, since: 0 }
const signedIn = (role: 'viewer' | 'operator'): OperatorSession => ({
  kind: 'signed-in',
  backendUrl: 'http://b',
  link,
  user: { username: 'kim', role },
})
const signedOut: OperatorSession = { kind: 'signed-out', backendUrl: 'http://b', link, reason: 'never' }
const failed = (response: ReturnType<typeof aProblem>) => ({
  ok: false,
  failure: { kind: 'problem', problem: response.body },
})

describe('without a backend', () => {
  test('a mapping is a setting of this computer: saved, replaced, listed and removed', async () => {
    const { calls, settings } = fixture()
    expect(await calls['mappings.save']({ mapping: press })).toEqual({ kept: 'here' })
    await calls['mappings.save']({ mapping: oven })
    const edited = { ...press, prefix: 'press.' }
    await calls['mappings.save']({ mapping: edited })
    expect(settings.values['stream.mappings']).toEqual([oven, edited])
    expect(await calls['mappings.list']({})).toEqual({
      mappings: [
        { mapping: oven, kept: 'here' },
        { mapping: edited, kept: 'here' },
      ],
      saves: 'here',
    })
    await calls['mappings.remove']({ topic: 'press-line' })
    expect(settings.values['stream.mappings']).toEqual([oven])
    await expect(calls['mappings.remove']({ topic: 'press-line' })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('too many are refused with a sentence, and nothing changes', async () => {
    const { calls, settings } = fixture()
    const many = Array.from({ length: 200 }, (_, i) => ({ ...press, topic: `t${i}` }))
    settings.set('stream.mappings', many)
    await expect(calls['mappings.save']({ mapping: press })).rejects.toMatchObject({
      code: 'bad-request',
      message: 'Expected at most 200 mappings.',
    })
    expect(settings.values['stream.mappings']).toHaveLength(200)
  })

  test('a file of it is one that a backend reads', async () => {
    const { calls, dir } = fixture()
    const path = join(dir, 'remo-mapping-press-line.json')
    expect(await calls['mappings.export']({ mapping: press })).toEqual({ saved: true, path })
    const file = MappingsFile.parse(JSON.parse(readFileSync(path, 'utf8')))
    expect(file).toEqual({ remo: 'mappings', mappings: [press] })
  })
})

describe('with a backend', () => {
  test('an operator saves and removes there, with the version that they edited', async () => {
    const { calls, settings, sent } = fixture({ team: [ofTeam()], session: signedIn('operator') })
    expect(await calls['mappings.list']({})).toEqual({
      mappings: [{ mapping: press, kept: 'team', version: 3, updatedBy: 'ada', updatedAt: 4 }],
      saves: 'team',
    })
    expect(await calls['mappings.save']({ mapping: press, version: 3 })).toEqual({ kept: 'team' })
    await calls['mappings.remove']({ topic: 'press-line', version: 3 })
    const params = { topic: 'press-line' }
    expect(sent).toMatchObject([
      ['put', '/api/mappings/:topic', { params, body: { node: 'machine.serial', values: 'readings[*]' }, ifMatch: 3 }],
      ['delete', '/api/mappings/:topic', { params, ifMatch: 3 }],
    ])
    expect(settings.values['stream.mappings']).toEqual([])
  })

  test.each([
    ['someone was first', failed(aProblem('version_conflict')), 'conflict', /Somebody else changed this mapping/],
    ['a file fixes it', failed(aProblem('mapping_fixed')), 'conflict', /in a file of the backend/],
    ['its database is away', failed(aProblem('unavailable')), 'unavailable', /Nothing was saved\.$/],
    [
      'nothing listens',
      { ok: false, failure: { kind: 'unreachable', detail: '' } },
      'unavailable',
      /Nothing was saved/,
    ],
  ])('if %s, nothing is saved, also not here', async (_, answer, code, message) => {
    const { calls, settings } = fixture({ session: signedIn('operator'), answer })
    await expect(calls['mappings.save']({ mapping: press })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    })
    expect(settings.values['stream.mappings']).toEqual([])
  })

  test.each([
    [signedOut, 'Sign in to share it with the team.', 'signed-out'],
    [
      signedIn('viewer'),
      'Your role is view-only. An operator or administrator can share it with the team.',
      'forbidden',
    ],
  ])('who may not edit saves here, and says why; a topic of the team is refused', async (session, because, code) => {
    const { calls, settings, sent } = fixture({ team: [ofTeam({ mapping: null })], session })
    settings.set('stream.mappings', [press])
    expect(await calls['mappings.list']({})).toEqual({ mappings: [], saves: 'here', because })
    expect(await calls['mappings.save']({ mapping: oven })).toEqual({ kept: 'here' })
    await expect(calls['mappings.save']({ mapping: press })).rejects.toMatchObject({ code })
    expect(sent).toEqual([])
  })

  test('a mapping of a file of the backend is shown as such', async () => {
    const { calls } = fixture({ team: [ofTeam({ isFixed: true })], session: signedOut })
    expect((await calls['mappings.list']({})).mappings).toMatchObject([{ kept: 'file', version: 3 }])
    await expect(calls['mappings.remove']({ topic: 'press-line' })).rejects.toMatchObject({ code: 'signed-out' })
  })
})
