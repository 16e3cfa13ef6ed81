import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { CallError } from '../../threads/call-error.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { compactTime } from './sample-handlers.ts'

type HistoryCalls = Pick<
  IpcHandlers,
  'history.list' | 'history.summary' | 'history.report' | 'history.entry' | 'history.export'
>
type HistoryDeps = Pick<IpcDeps, 'read' | 'session' | 'chooseFile' | 'settings' | 'now'>

export function historyHandlers({ read, chooseFile, settings, now }: HistoryDeps): HistoryCalls {
  const zone = (): 'local' | 'utc' => settings.settings.values['appearance.timeZone']
  return {
    'history.list': async ({ filter, cursor, limit }) => {
      const after = cursor === undefined ? {} : { after: JSON.parse(cursor) as { at: number; id: string } }
      const entries = await read.call('history.list', { filter, limit, ...after })
      return { entries }
    },
    'history.summary': (request) => read.call('history.summary', { ...request, older: [], now: now() }),
    'history.report': (request) => read.call('history.report', { ...request, zone: zone(), older: [], now: now() }),
    'history.entry': async ({ id }) => {
      const entry = await read.call('history.entry', { id })
      if (entry === null) throw new CallError('not-found', 'This alert is not in the history any more.')
      return entry
    },
    'history.export': async ({ filter }) => {
      const path = await chooseFile(`remo-alerts-${compactTime(filter.from)}-${compactTime(filter.to)}.csv`)
      if (path === undefined) return { saved: false }
      const { rows } = await read.call('history.export', { filter, path, zone: zone(), older: [] })
      return { saved: true, path, rows }
    },
  }
}
