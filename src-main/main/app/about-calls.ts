import { homedir, release, type as systemType } from 'node:os'
import { dirname, join } from 'node:path'
import type { ConnectionParts } from '../connections/create-connections.ts'
import { AppLicenses } from '../diagnostics/licenses.ts'
import type { AboutCallDeps } from '../ipc/about-deps.ts'
import type { IpcDeps } from '../ipc/ipc-deps.ts'
import { chooseZipPath } from '../windows/save-dialog.ts'
import type { StartDeps } from './app-components.ts'
import { appVersions } from './app-info.ts'
import type { ServeCallsDeps } from './serve-calls-deps.ts'

/** Written by the build beside each bundle; the main thread's bundle is in the folder of this code. */
const licenseFiles = ['licenses.json', '../renderer/licenses.json'].map((path) => join(import.meta.dirname, path))

/** Beside the program; on macOS in the package, or beside the app that Electron's archive has. */
function chromiumCredits(): string[] {
  const program = dirname(process.execPath)
  const folders = [program, process.resourcesPath, join(program, '..', '..', '..')]
  return folders.map((folder) => join(folder, 'LICENSES.chromium.html'))
}

/** Folders that the page may open, and that of the cache in use. */
export function foldersOf({ dataDir, homeDir }: StartDeps, { host }: ConnectionParts): ReturnType<IpcDeps['folders']> {
  return { data: dataDir, logs: join(homeDir, 'logs'), cache: join(dataDir, host.inUse?.folder ?? '') }
}

/** What the page About and the diagnostics bundle need of the app. */
export function aboutCalls(deps: StartDeps, { appShell, components, parts, metrics }: ServeCallsDeps): AboutCallDeps {
  const { host } = parts
  return {
    facts: () => ({
      ...appVersions(),
      system: `${systemType()} ${release()} ${process.arch}`,
      dataDir: deps.dataDir,
      logDir: foldersOf(deps, parts).logs,
      metricsUrl: metrics.url,
    }),
    licenses: new AppLicenses({ lists: licenseFiles, credits: chromiumCredits(), versions: appVersions() }),
    connection: () => {
      const { inUse } = host
      const { protocol, mechanism, verify, backendUrl } = inUse?.connection ?? unknownConnection
      return { origin: inUse?.origin ?? 'unset', protocol, mechanism, verify, hasBackend: backendUrl !== undefined }
    },
    env: process.env,
    home: homedir(),
    secrets: () => secretsOf(host.current?.access),
    chooseZip: (name) => chooseZipPath(appShell.window, components.stateFile, name),
  }
}

/** Before the first connection was opened. */
const unknownConnection = { protocol: 'PLAINTEXT', mechanism: 'PLAIN', verify: true, backendUrl: undefined } as const

/** Password and key of the connection, as its client has them. */
function secretsOf(access: NonNullable<ConnectionParts['host']['current']>['access'] | undefined): string[] {
  if (access?.kind !== 'ready' || access.security === undefined) return []
  const { sasl, ssl } = access.security
  return [sasl?.password, ssl?.key].filter((secret) => secret !== undefined)
}
