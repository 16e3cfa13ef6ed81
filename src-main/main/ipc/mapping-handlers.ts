import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { MappingsView, MappingView } from '#shared/ipc/mapping-calls.ts'
import type { FieldMapping, MappingsFile, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { removeMappingOperation, saveMappingOperation } from '#shared/rest/mappings.ts'
import { isPermitted, type OperatorSession } from '#shared/session/operator-session.ts'
import { CallError } from '../../threads/call-error.ts'
import { callErrorOf, isUnreachable } from '../backend/rest/backend-failure.ts'
import type { BackendFailure } from '../backend/rest/rest-client.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'

type MappingCalls = Pick<IpcHandlers, Extract<keyof IpcHandlers, `mappings.${string}`>>
type MappingDeps = Pick<IpcDeps, 'data' | 'session' | 'mappingFile'> & {
  readonly settings: { readonly settings: Pick<IpcDeps['settings']['settings'], 'values' | 'set'> }
}

/**
 * A mapping of the team is saved in the backend and comes back through Kafka. One of this computer is a setting. What the
 * team has for a topic holds before that.
 */
export function mappingHandlers({ data, session, settings: { settings }, mappingFile }: MappingDeps): MappingCalls {
  const teams = (): Promise<readonly TopicMapping[]> => data.call('mappings.team', {})
  const ofTeam = async (topic: string): Promise<TopicMapping | undefined> =>
    (await teams()).find((one) => one.topic === topic)
  const own = (): readonly FieldMapping[] => settings.values['stream.mappings']
  const setOwn = (topic: string, mapping?: FieldMapping): void => {
    const others = own().filter((one) => one.topic !== topic)
    settings.set('stream.mappings', mapping === undefined ? others : [...others, mapping])
  }
  return {
    'mappings.list': async () => viewOf(await teams(), own(), session?.session),
    'mappings.save': async ({ mapping, version }) => {
      const { topic, ...body } = mapping
      if (session && isPermitted(session.session, 'edit-mappings')) {
        await ask(session.call(saveMappingOperation, { params: { topic }, body, ...sent(version) }))
        return { kept: 'team' }
      }
      if (await ofTeam(topic)) throw notHere(session)
      setOwn(topic, mapping)
      return { kept: 'here' }
    },
    'mappings.remove': async ({ topic, version }) => {
      if (session && (await ofTeam(topic))?.mapping) {
        requirePermission(session.session, 'edit-mappings')
        await ask(session.call(removeMappingOperation, { params: { topic }, ...sent(version) }))
        return {}
      }
      if (!own().some((one) => one.topic === topic))
        throw new CallError('not-found', `${topic} has no mapping any more.`)
      setOwn(topic)
      return {}
    },
    'mappings.export': async ({ mapping }) => {
      const path = await mappingFile(`remo-mapping-${mapping.topic}.json`)
      if (path === undefined) return { saved: false }
      const file: MappingsFile = { remo: 'mappings', mappings: [mapping] }
      await writeFile(path, `${JSON.stringify(file, null, 2)}\n`, 'utf8')
      return { saved: true, path }
    },
  }
}

/** Those in effect, sorted by topic. */
function viewOf(
  teams: readonly TopicMapping[],
  own: readonly FieldMapping[],
  session: OperatorSession | undefined,
): MappingsView {
  const decided = new Set(teams.map(({ topic }) => topic))
  const mappings = [
    ...teams.flatMap(viewOfTeam),
    ...own.flatMap((mapping) => (decided.has(mapping.topic) ? [] : [{ mapping, kept: 'here' as const }])),
  ]
  mappings.sort((a, b) => (a.mapping.topic < b.mapping.topic ? -1 : 1))
  if (session === undefined || session.kind === 'standalone') return { mappings, saves: 'here' }
  if (isPermitted(session, 'edit-mappings')) return { mappings, saves: 'team' }
  return { mappings, saves: 'here', because: becauseOf(session) }
}

function viewOfTeam({ mapping, isFixed, version, updatedBy, updatedAt }: TopicMapping): MappingView[] {
  if (mapping === null) return []
  return [{ mapping, kept: isFixed ? 'file' : 'team', version, updatedBy, updatedAt }]
}

function becauseOf({ kind }: OperatorSession): string {
  return kind === 'signed-in'
    ? 'Your role is view-only. An operator or administrator can share it with the team.'
    : 'Sign in to share it with the team.'
}

/** A setting of this computer would have no effect. */
function notHere(session: BackendSession | undefined): CallError {
  const isSignedIn = session?.session.kind === 'signed-in'
  const todo = isSignedIn ? 'Ask an operator or administrator to change it.' : 'Sign in to change it.'
  return new CallError(isSignedIn ? 'forbidden' : 'signed-out', `The team decides how this topic is read. ${todo}`)
}

function sent(version: number | undefined): { idempotencyKey: string; ifMatch?: number } {
  return { idempotencyKey: randomUUID(), ...(version === undefined ? {} : { ifMatch: version }) }
}

async function ask(
  asked: Promise<{ readonly ok: true } | { readonly ok: false; readonly failure: BackendFailure }>,
): Promise<void> {
  const response = await asked
  if (response.ok) return
  const { failure } = response
  if (isUnreachable(failure)) throw new CallError('unavailable', 'The backend does not answer. Nothing was saved.')
  throw failure.kind === 'problem' && failure.problem.code === 'version_conflict'
    ? new CallError('conflict', 'Somebody else changed this mapping meanwhile. Open it again to see theirs.')
    : callErrorOf(failure)
}
