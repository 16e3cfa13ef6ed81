import type { Handlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './deps.ts'
import { exportName } from './export-name.ts'

type SampleCalls = Pick<Handlers, 'samples.range' | 'samples.export'>

export function sampleHandlers({ read, chooseFile }: Pick<IpcDeps, 'read' | 'chooseFile'>): SampleCalls {
  return {
    'samples.range': (request) => read.call('samples.range', request),
    'samples.export': async ({ nodeId, from, to }) => {
      const path = await chooseFile(exportName(nodeId, from, to))
      if (path === undefined) return { saved: false }
      const { rows } = await read.call('samples.export', { nodeId, from, to, path })
      return { saved: true, path, rows }
    },
  }
}
