import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nullLog } from '../../../tests/support/null-log.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** What the calls of the settings page need, with default settings. Test builder. */
export function pageDeps(): Pick<IpcDeps, 'checkBackend' | 'notify' | 'open' | 'settings' | 'connections'> {
  const path = join(tmpdir(), `remo-no-settings-${process.pid}.json`)
  const store = new SettingsFileStore({ path, log: nullLog, now: () => 0 })
  return {
    checkBackend: undefined,
    connections: {} as never, // no test calls it
    notify: () => Promise.resolve(undefined),
    open: () => undefined,
    settings: {
      settings: new SettingsService(store, {}),
      system: () => ({ hasTray: true, reducesMotion: false, hour12: false, timeZone: 'UTC', notifies: true }),
      refresh: () => Promise.resolve(),
      openPath: () => Promise.resolve(''),
    },
  }
}
