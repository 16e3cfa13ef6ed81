import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { AlertHistory } from '../backend/history/alert-history.ts'
import { shownOffset } from '../settings/zone-offset.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { compactTime } from './sample-handlers.ts'

type HistoryCalls = Pick<
  IpcHandlers,
  'history.list' | 'history.summary' | 'history.report' | 'history.entry' | 'history.export'
>
type HistoryDeps = Pick<IpcDeps, 'read' | 'session' | 'chooseFile' | 'settings' | 'now'>

export function historyHandlers({ read, session, chooseFile, settings, now }: HistoryDeps): HistoryCalls {
  const { settings: service } = settings
  const history = new AlertHistory({
    read,
    call: session?.call,
    keepDays: () => service.values['data.keepDays'],
    now,
  })
  const zone = (): 'local' | 'utc' => service.values['appearance.timeZone']
  return {
    'history.list': (request) => history.list(request),
    'history.summary': (request) => history.summary(request),
    'history.report': (request) => history.report(request, zone()),
    'history.entry': ({ id }) => history.entry(id),
    'history.export': async ({ filter }) => {
      const path = await chooseFile(`remo-alerts-${compactTime(filter.from)}-${compactTime(filter.to)}.csv`)
      if (path === undefined) return { saved: false }
      const written = await history.export(filter, { path, zone: zone(), offsetAt: shownOffset(service.values) })
      return { saved: true, path, ...written }
    },
  }
}
