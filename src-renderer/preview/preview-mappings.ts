import type { TopicRecord } from '#shared/ipc/source-calls.ts'
import type { MappingView } from '#shared/ipc/mapping-calls.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewSessionOptions } from './preview-session.ts'

export interface PreviewMappingOptions {
  /** `own`: press-line is read by a mapping of this computer. `file`: by one of a file of the backend. */
  readonly mappings: 'none' | 'own' | 'file'
}

/** Mappings of the simulated console, and records of a topic with a shape of its own. */
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
    'sources.records': ({ topic, limit }) =>
      topic === 'press-line'
        ? okReply({ records: pressRecords(at).slice(0, limit) })
        : failureReply('unavailable', 'There is no Kafka here.'),
  }
}

const viewOnly = 'Your role is view-only. An operator or administrator can share it with the team.'

function viewsOf(given: PreviewMappingOptions['mappings'], at: number): MappingView[] {
  const mapping = {
    topic: 'press-line',
    node: 'machine.serial',
    nodeName: 'machine.label',
    time: 'meta.measuredAt',
    values: 'readings[*]',
    name: 'kind',
    value: 'v',
    unit: 'u',
    prefix: 'press.',
  }
  if (given === 'none') return []
  if (given === 'own') return [{ mapping, kept: 'here' }]
  return [{ mapping, kept: 'file', version: 3, updatedBy: 'file', updatedAt: at - 86_400_000 }]
}

/** Each has one reading more or less than the others; newest first. */
const readings = [
  { oil_temp: 61.5, oil_pressure: 4.52, vibration: 2.25, strokes: 31, motor_load: 74.1 },
  { oil_temp: 61.4, oil_pressure: 4.51, vibration: 2.31, strokes: 31, motor_load: 73.8 },
  { oil_temp: 61.1, oil_pressure: 4.49, vibration: 2.28, strokes: 30, motor_load: 74.4 },
  { oil_temp: 60.9, oil_pressure: 4.5, vibration: 2.36, strokes: 31, motor_load: 73.2 },
  { oil_temp: 60.6, oil_pressure: 4.47, vibration: 2.04, strokes: 31 },
] as const
const units: Readonly<Record<string, string>> = {
  oil_temp: '°C',
  oil_pressure: 'bar',
  vibration: 'mm/s',
  strokes: '1/min',
  motor_load: '%',
}

function pressRecords(at: number): TopicRecord[] {
  return readings.map((values, i) => {
    const measuredAt = at - 1000 - i * 1000
    const listed = Object.entries(values).map(([kind, v]) => ({ kind, v, u: units[kind] }))
    const record = {
      machine: { serial: 'PL-0417', label: 'Press 4', line: 'north' },
      meta: { measuredAt, fw: '2.11' },
      readings: [...listed, { kind: 'door', v: 'shut', u: null }],
    }
    return {
      partition: 0,
      offset: 88_017 - i,
      at: measuredAt + 40,
      key: btoa('PL-0417'),
      value: base64(JSON.stringify(record)),
      isCut: false,
    }
  })
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}
