import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nullLog } from '../../../tests/support/null-log.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import type { AboutCallDeps } from './about-deps.ts'
import type { IpcDeps } from './ipc-deps.ts'

type PageDeps = Pick<
  IpcDeps,
  | 'checkBackend'
  | 'notify'
  | 'toasts'
  | 'sounds'
  | 'chooseSound'
  | 'doNotDisturb'
  | 'open'
  | 'settings'
  | 'connections'
  | 'sources'
  | 'folders'
  | 'reopen'
  | 'about'
  | 'updates'
  | 'ruleFiles'
  | 'mappingFile'
>

/** What the calls of the settings page need, with default settings. Test builder. */
export function pageDeps(): PageDeps {
  const path = join(tmpdir(), `remo-no-settings-${process.pid}.json`)
  const store = new SettingsFileStore({ path, log: nullLog, now: () => 0 })
  return {
    checkBackend: undefined,
    connections: {} as never, // no test calls it
    sources: {} as never, // no test calls it
    notify: () => Promise.resolve(undefined),
    ruleFiles: { choose: () => Promise.resolve(undefined), save: () => Promise.resolve(undefined) },
    mappingFile: () => Promise.resolve(undefined),
    toasts: { list: [], act: () => undefined },
    sounds: { test: () => Promise.resolve({ played: true }) },
    chooseSound: () => Promise.resolve(undefined),
    doNotDisturb: { view: { held: { critical: 0, warning: 0, blind: 0 } }, request: () => undefined },
    open: () => undefined,
    folders: () => ({ data: tmpdir(), logs: join(tmpdir(), 'no-logs'), cache: tmpdir() }),
    reopen: () => Promise.resolve(),
    about: aboutDeps(),
    updates: {} as never, // no test calls it
    settings: {
      settings: new SettingsService(store, {}),
      system: () => ({ hasTray: true, reducesMotion: false, hour12: false, timeZone: 'UTC', notifies: true }),
      refresh: () => Promise.resolve(),
      openPath: () => Promise.resolve(''),
    },
  }
}

/** An app without libraries, variables and secrets. Test builder. */
export function aboutDeps(part: Partial<AboutCallDeps> = {}): AboutCallDeps {
  return {
    facts: () => ({
      version: '0.2.0',
      revision: 'abc1234',
      electron: '45.4.1',
      chromium: '150.0',
      node: '24.21.0',
      system: 'Linux 6.12 x64',
      dataDir: '/home/anna/.config/ReMo',
      logDir: '/home/anna/.config/ReMo/logs',
      metricsUrl: 'http://127.0.0.1:9464/metrics',
    }),
    licenses: {
      list: () => Promise.resolve([{ name: 'zod', version: '4.6.7', license: 'MIT' }]),
      textOf: ({ name }) =>
        Promise.resolve(name === 'zod' ? { texts: [{ title: 'LICENSE', text: 'MIT License\n' }] } : undefined),
    },
    connection: () => ({
      origin: 'saved',
      protocol: 'SASL_SSL',
      mechanism: 'PLAIN',
      verify: true,
      hasBackend: false,
    }),
    env: {},
    home: '/home/anna',
    secrets: () => [],
    chooseZip: () => Promise.resolve(undefined),
    ...part,
  }
}
