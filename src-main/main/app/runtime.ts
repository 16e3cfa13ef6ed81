import { devDependencies, version } from '../../../package.json'

const pinnedMajor = Number.parseInt(devDependencies.electron)

/** Versions of the app and of what it runs on. */
export function appVersions(): Record<'version' | 'electron' | 'chromium' | 'node', string> {
  const { electron = '', chrome = '', node } = process.versions
  return { version, electron, chromium: chrome, node }
}

/** Said to the operator where the runtime is not the one that releases are tested with. */
export function runtimeNotice(): string | undefined {
  const { electron } = appVersions()
  if (Number.parseInt(electron) === pinnedMajor) return undefined
  return `Running on Electron ${electron}; releases run on Electron ${pinnedMajor}.`
}
