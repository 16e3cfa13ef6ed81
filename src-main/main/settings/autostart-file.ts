import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** In every file that ReMo wrote. Others are not touched. */
const mark = 'X-ReMo-Autostart=true'

/**
 * Where the desktop looks for programs to start on login:
 * https://specifications.freedesktop.org/autostart-spec/latest/
 * @param dataDir of this ReMo if it is not the default one: each data folder has its own file
 */
export function autostartPath(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  dataDir: string | undefined,
): string {
  const suffix = dataDir === undefined ? '' : `-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'autostart', `remo${suffix}.desktop`)
}

/** Content of the file. `command`: the program with its arguments, any characters. */
export function autostartText(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=ReMo',
    'Comment=Metrics and alerts from Kafka',
    `Exec=${command.map(execArgument).join(' ')}`,
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    mark,
    '',
  ].join('\n')
}

/**
 * One argument of Exec, quoted as in
 * https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html: a percent sign is doubled, and
 * the rules of a string value escape each backslash of the quotes again.
 */
function execArgument(argument: string): string {
  const percent = argument.replaceAll('%', '%%')
  if (/^[\w@%+=:,./-]+$/.test(percent)) return percent
  const quoted = `"${percent.replaceAll(/["`$\\]/g, String.raw`\$&`)}"`
  return quoted
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`)
}

/** `exec`: of a file that the desktop starts. */
type AutostartState = 'absent' | 'on' | 'switched-off' | 'foreign'

/** What is in the file. Tools of the desktop switch an entry off by a key, and leave the file. */
function stateOf(path: string): AutostartState {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    throw cause
  }
  if (!text.includes(mark)) return 'foreign'
  return /^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(text) ? 'switched-off' : 'on'
}

export interface AutostartRequest {
  readonly path: string
  readonly on: boolean
  readonly command: readonly string[]
  /** The operator has just chosen it; else this is a start of ReMo, which respects what the desktop's tools have done. */
  readonly chosen: boolean
}

/**
 * Writes or removes the file.
 * @returns why ReMo does not start on login although it should, or the other way round: one sentence
 */
export function setAutostart({ path, on, command, chosen }: AutostartRequest): string | undefined {
  try {
    const state = stateOf(path)
    if (state === 'foreign') return on || chosen ? `ReMo did not write ${path}, and leaves it as it is.` : undefined
    if (!on) {
      rmSync(path, { force: true })
      return undefined
    }
    if (state === 'switched-off' && !chosen) return `The desktop's own settings switch this off, in ${path}.`
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(`${path}.new`, autostartText(command), { mode: 0o644 })
    renameSync(`${path}.new`, path)
    return undefined
  } catch (cause) {
    return `ReMo cannot change ${path} (${cause instanceof Error ? cause.message : String(cause)}).`
  }
}

export interface CommandFacts {
  /** Path of the AppImage that runs, from its runtime. */
  readonly appImage: string | undefined
  readonly execPath: string
  /** Folder of the app, if it is not packaged: the program is then Electron. */
  readonly appPath: string | undefined
  readonly args: readonly string[]
}

/** The command that starts this ReMo. The program inside of an AppImage exists only while it runs. */
export function startCommand({ appImage, execPath, appPath, args }: CommandFacts): readonly string[] {
  if (appPath !== undefined) return [execPath, appPath, ...args]
  return [appImage || execPath, ...args]
}
