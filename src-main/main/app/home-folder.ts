import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { connectionAccess } from '#shared/settings/connection-access.ts'
import { connectionInUse } from '#shared/settings/connection-in-use.ts'
import { emptySettingsFile, readSettingsFile } from '#shared/settings/settings-file.ts'
import type { SettingsFile } from '#shared/settings/settings-file.ts'
import type { Launch } from './launch.ts'

/** Where an instance keeps its own files. `problem`: it cannot start, one sentence. */
export type HomeFolder =
  | { readonly ok: true; readonly homeDir: string; readonly profile: string | undefined }
  | { readonly ok: false; readonly problem: string }

/** Path of settings.json. */
export function settingsPath({ flags, dataDir }: Pick<Launch, 'flags' | 'dataDir'>): string {
  return resolve(flags.config ?? join(dataDir, 'settings.json'))
}

/**
 * The folder for lock, log, window state and Chromium's files of this instance. With `--profile` it is the folder of
 * the connection, so that the instance runs beside others. Checks what only a restart with other flags can mend.
 */
export function homeFolder(launch: Launch): HomeFolder {
  const { flags, variables, dataDir } = launch
  const { connections, inUse } = readFile(settingsPath(launch))
  const { profile, demo } = flags
  const chosen = connectionInUse({ connections, inUse, profile, demo, variables: variables.connection })
  if (!chosen.ok) return { ok: false, problem: chosen.problem }
  const { connection, origin, fixed, folder } = chosen.inUse
  if (origin === 'environment' || (fixed.ca ?? fixed.cert ?? fixed.key) !== undefined) {
    const { password } = variables.connection
    const access = connectionAccess(connection, password === undefined ? {} : { password }, (path) =>
      readFileSync(path, 'utf8'),
    )
    if (access.kind === 'wrong') return { ok: false, problem: access.problem }
  }
  if (profile === undefined) return { ok: true, homeDir: dataDir, profile: undefined }
  return { ok: true, homeDir: join(dataDir, folder), profile: connection.id }
}

/** Only looks: a broken file is moved aside later, when there is a log. */
function readFile(path: string): SettingsFile {
  try {
    const result = readSettingsFile(readFileSync(path, 'utf8'))
    return result.kind === 'read' ? result.file : emptySettingsFile
  } catch {
    return emptySettingsFile // none yet
  }
}
