import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { cachedRange, rangeWithHistory } from '../backend/history/history-range.ts'
import type { IpcDeps } from './deps.ts'
import { csvFileName } from './export-name.ts'

type SampleDeps = Pick<IpcDeps, 'read' | 'session' | 'chooseFile'>
type SampleCalls = Pick<IpcHandlers, 'samples.range' | 'samples.export'>

export function sampleHandlers({ read, session, chooseFile }: SampleDeps): SampleCalls {
  return {
    'samples.range': async (request) =>
      session ? rangeWithHistory(read, session.call, request) : cachedRange(await read.call('samples.range', request)),
    // Of the cache alone, record by record; the backend has an export of its own for what is older.
    'samples.export': async ({ nodeId, from, to }) => {
      const path = await chooseFile(csvFileName(nodeId, from, to))
      if (path === undefined) return { saved: false }
      const { rows } = await read.call('samples.export', { nodeId, from, to, path })
      return { saved: true, path, rows }
    },
  }
}
