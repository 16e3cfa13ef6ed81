import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { cachedRange, rangeWithHistory } from '../backend/history/history-range.ts'
import type { IpcDeps } from './ipc-deps.ts'

type SampleDeps = Pick<IpcDeps, 'read' | 'session' | 'chooseFile' | 'settings'>
type SampleCalls = Pick<IpcHandlers, 'samples.range' | 'samples.export'>

export function sampleHandlers({ read, session, chooseFile, settings }: SampleDeps): SampleCalls {
  return {
    'samples.range': async (request) =>
      session ? rangeWithHistory(read, session.call, request) : cachedRange(await read.call('samples.range', request)),
    // Exports the cache only. The backend has its own export for older values.
    'samples.export': async ({ nodeId, from, to }) => {
      const path = await chooseFile(csvFileName(nodeId, from, to))
      if (path === undefined) return { saved: false }
      const zone = settings.settings.values['appearance.timeZone']
      const { rows } = await read.call('samples.export', { nodeId, from, to, path, zone })
      return { saved: true, path, rows }
    },
  }
}

/** `remo-node-1-20261124T101500Z-20261124T103000Z.csv`: valid on every file system. Times are epoch ms. */
export function csvFileName(nodeId: string, from: number, to: number): string {
  const node = nodeId.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 64)
  return `remo-${node}-${compactTime(from)}-${compactTime(to)}.csv`
}

/** ISO 8601 basic format, in UTC: colons are not allowed in names on Windows. */
export function compactTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
}
