import { join } from 'node:path'

/** Where ReMo keeps its cache, log and settings when nothing else was asked for: the convention of each system. */
export function defaultDataDir(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'ReMo')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ReMo')
  // The base directory specification says that a relative path is to be ignored.
  const base = env['XDG_DATA_HOME']
  return join(base?.startsWith('/') ? base : join(home, '.local', 'share'), 'remo')
}
