import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { formatDate } from '#shared/format/time.ts'
import { cacheUsageOf } from '../cache/cache-usage.ts'
import { folderBytes, freeBytes } from '../cache/folder-bytes.ts'
import type { IpcDeps } from './ipc-deps.ts'

type CacheDeps = Pick<IpcDeps, 'data' | 'read' | 'folders' | 'reopen' | 'settings' | 'now'>
type CacheCalls = Pick<IpcHandlers, 'cache.usage' | 'cache.compact' | 'cache.delete'>

/** Calls about the cache of the connection in use. */
export function cacheHandlers(deps: CacheDeps): CacheCalls {
  const { data, reopen } = deps
  return {
    'cache.usage': () => cacheUsage(deps),
    'cache.compact': () => data.call('cache.compact', {}),
    'cache.delete': async () => {
      await data.call('cache.clear', {})
      await reopen()
      return {}
    },
  }
}

/** What the cache takes, now. */
export async function cacheUsage({ data, read, folders, settings, now }: Omit<CacheDeps, 'reopen'>) {
  const { cache, logs } = folders()
  const zone = settings.settings.values['appearance.timeZone']
  const [known, stored, logBytes, diskFree] = await Promise.all([
    data.call('cache.usage', {}),
    read.call('cache.usage', { zone }),
    folderBytes(logs),
    freeBytes(cache),
  ])
  return cacheUsageOf(known, stored, {
    now: now(),
    logs: logBytes,
    diskFree,
    dayOf: (at) => formatDate(at, zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset()),
  })
}
