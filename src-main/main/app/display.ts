import { spawnSync } from 'node:child_process'

/** How a process was started: `argv` as in `process.argv`. */
export interface Start {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly argv: readonly string[]
}

/** Chromium looks for its platform before any code of ours runs. Without a display, it crashes. */
const platformSwitch = '--ozone-platform='

/** Whether this start can show a window: only a session of Linux may lack a display, such as one over SSH. */
export function hasDisplay({ platform, env, argv }: Start): boolean {
  if (platform !== 'linux' || env['DISPLAY'] || env['WAYLAND_DISPLAY']) return true
  return argv.some((argument) => argument.startsWith(platformSwitch))
}

/**
 * Starts the program again with the same arguments, for a Chromium that shows nothing, and waits for its end.
 * @returns its exit code
 */
export function runWithoutDisplay({ argv: [program = '', ...args] }: Pick<Start, 'argv'>): number {
  const { status } = spawnSync(program, [...args, `${platformSwitch}headless`, '--disable-gpu'], { stdio: 'inherit' })
  return status ?? 1
}
