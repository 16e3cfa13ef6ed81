import type { MappingView } from '#shared/ipc/mapping-calls.ts'
import { pressMapping } from '#shared/metric/mapping/mapping-builders.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewSessionOptions } from './preview-session.ts'

export interface PreviewMappingOptions {
  /**
   * `own`: press-line is read by a mapping of this computer. `team`: by one of the team. `conflict`: the same, which
   * berta changes while it is edited here. `file`: by one of a file of the backend.
   */
  readonly mappings: 'none' | 'own' | 'team' | 'conflict' | 'file'
}

/** Mappings of the simulated console. */
export function mappingReplies(
  { mappings: given, session, backend }: PreviewMappingOptions & PreviewSessionOptions,
  at: number,
  changed: () => void,
): FakeBridge['replies'] {
  let mappings = viewsOf(given, at)
  const isTeam = session === 'operator' || session === 'admin'
  const because = session === 'viewer' ? viewOnly : 'Sign in to share it with the team.'
  const away = isTeam && backend === 'unreachable'
  const notSaved = () => failureReply('unavailable', 'The backend does not answer. Nothing was saved.')
  return {
    'mappings.list': () =>
      okReply({
        mappings,
        saves: isTeam ? 'team' : 'here',
        ...(isTeam || session === 'standalone' ? {} : { because }),
      }),
    'mappings.save': ({ mapping, version = 0 }) => {
      if (away) return notSaved()
      if (given === 'conflict' && version < 4) {
        mappings = viewsOf('team', at).map((one) => ({ ...one, version: 4, updatedBy: 'berta', updatedAt: Date.now() }))
        return failureReply('conflict', 'Somebody else changed this mapping meanwhile. Open it again to see theirs.')
      }
      const others = mappings.filter((one) => one.mapping.topic !== mapping.topic)
      const kept = isTeam ? 'team' : 'here'
      const saved = isTeam ? { version: version + 1, updatedBy: 'anna', updatedAt: Date.now() } : {}
      mappings = [...others, { mapping, kept, ...saved }]
      changed()
      return okReply({ kept })
    },
    'mappings.remove': ({ topic }) => {
      if (away) return notSaved()
      mappings = mappings.filter((one) => one.mapping.topic !== topic)
      changed()
      return okReply({})
    },
    'mappings.export': ({ mapping }) => okReply({ saved: true, path: `/home/anna/remo-mapping-${mapping.topic}.json` }),
  }
}

const viewOnly = 'Your role is view-only. An operator or administrator can share it with the team.'

function viewsOf(given: PreviewMappingOptions['mappings'], at: number): MappingView[] {
  const mapping = pressMapping
  if (given === 'none') return []
  if (given === 'own') return [{ mapping, kept: 'here' }]
  if (given !== 'file') return [{ mapping, kept: 'team', version: 3, updatedBy: 'anna', updatedAt: at - 3_600_000 }]
  return [{ mapping, kept: 'file', version: 3, updatedBy: 'file', updatedAt: at - 86_400_000 }]
}
