import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import { CallError } from '../../threads/call-error.ts'
import type { SettingsService } from '../settings/settings-service.ts'

export interface SettingsCallDeps {
  readonly settings: SettingsService
  readonly system: () => SettingsView['system']
  /** Asks the desktop anew for what `system` reports. */
  readonly refresh: () => Promise<unknown>
  /** Opens it in the program of the system. @returns a problem, or an empty text */
  readonly openPath: (path: string) => Promise<string>
}

type SettingsCalls = Pick<IpcHandlers, 'settings.get' | 'settings.set' | 'settings.reset' | 'settings.openFile'>

/** Calls of the settings page. */
export function settingsHandlers(deps: SettingsCallDeps): SettingsCalls {
  const { settings, openPath } = deps
  return {
    'settings.get': async () => {
      await deps.refresh()
      return settingsView(deps)
    },
    'settings.set': ({ key, value }) => {
      settings.set(key, value)
      return Promise.resolve(settingsView(deps))
    },
    'settings.reset': ({ group }) => {
      settings.reset(group)
      return Promise.resolve(settingsView(deps))
    },
    'settings.openFile': async () => {
      settings.ensureFile()
      const problem = await openPath(settings.store.path)
      if (problem !== '') throw new CallError('failed', `The system could not open ${settings.store.path}: ${problem}`)
      return {}
    },
  }
}

/** What the page shows of the settings. */
export function settingsView({ settings, system }: SettingsCallDeps): SettingsView {
  const { values, sources, problems, store } = settings
  return { values, sources, file: store.path, problems: [...problems], system: system() }
}
