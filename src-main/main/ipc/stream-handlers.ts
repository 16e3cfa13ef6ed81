import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** Rejected records and gaps. */
export function streamCallHandlers({
  data,
}: Pick<IpcDeps, 'data'>): Pick<IpcHandlers, 'rejectedRecords.list' | 'gaps.list'> {
  return {
    'rejectedRecords.list': (request) => data.call('rejectedRecords.list', request),
    'gaps.list': (request) => data.call('gaps.list', request),
  }
}
