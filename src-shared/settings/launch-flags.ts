import { appSettings } from './app-settings.ts'
import type { SettingValues } from './app-settings.ts'
import type { FixedSettings } from './effective-settings.ts'
import { PauseRequest } from '../do-not-disturb/do-not-disturb.ts'
import { TeamName } from '../team/team-topics.ts'

/** What the command line says. */
export interface LaunchFlags {
  readonly show?: 'help' | 'version'
  readonly dataDir?: string
  /** Path of a settings file in place of the one in the data folder. */
  readonly config?: string
  /** Id or name of the connection to use. */
  readonly profile?: string
  readonly team?: string
  /** Hold notifications back for this long, or end that. A running ReMo with the same data folder does it. */
  readonly doNotDisturb?: PauseRequest
  readonly demo: boolean
  /** Validate the settings, test the connection, print one line a finding, exit with 0, 1 or 2. */
  readonly checkConfig: boolean
  /** Begin with default settings: the settings file is moved aside. Connections stay. */
  readonly resetSettings: boolean
  /** Settings that a flag fixes for this start. */
  readonly fixed: FixedSettings
}

type ValueFlag = 'dataDir' | 'config' | 'profile' | 'team' | 'logLevel' | 'doNotDisturb'
const valueFlags: Readonly<Record<string, { readonly name: ValueFlag; readonly expected: string }>> = {
  '--data-dir': { name: 'dataDir', expected: 'a path' },
  '--config': { name: 'config', expected: 'a path' },
  '--profile': { name: 'profile', expected: 'the name of a connection' },
  '--team': { name: 'team', expected: 'up to 40 letters, digits and dashes' },
  '--do-not-disturb': { name: 'doNotDisturb', expected: '15m, 1h, 4h, morning or off' },
  '--log-level': { name: 'logLevel', expected: 'debug, info, warn or error' },
}
const switches = ['--hidden', '--minimized', '--demo', '--check-config', '--reset-settings', '--version', '--help']

/** Reads ReMo's own arguments (without the program's name and Chromium's switches). A text is a sentence about a wrong one. */
export function readLaunchFlags(argv: readonly string[]): LaunchFlags | string {
  const on = new Set<string>()
  const given: Partial<Record<ValueFlag, string>> = {}
  const rest = [...argv]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const flag = argument.split('=', 1)[0] ?? ''
    const valueFlag = valueFlags[flag]
    if (valueFlag !== undefined) {
      const value = valueOf(argument, rest)
      if (value === undefined) return `${flag}: expected ${valueFlag.expected} after it.`
      given[valueFlag.name] = value
    } else if (switches.includes(argument)) on.add(argument)
    else return `${argument}: unknown option. Run with --help to see all options.`
  }
  return flagsOf(on, given)
}

function flagsOf(on: ReadonlySet<string>, given: Partial<Record<ValueFlag, string>>): LaunchFlags | string {
  const { logLevel, doNotDisturb, ...values } = given
  const pause = pauseOf(doNotDisturb)
  if (typeof pause === 'string') return pause
  if (values.team !== undefined && !TeamName.safeParse(values.team).success)
    return '--team: expected up to 40 letters, digits and dashes.'
  const level = appSettings['log.level'].schema.safeParse(logLevel ?? 'info')
  if (!level.success) return `--log-level: expected debug, info, warn or error, got ${JSON.stringify(logLevel)}.`
  if (on.has('--demo') && values.profile !== undefined) return '--demo and --profile: use one of them.'
  const show = on.has('--help') ? 'help' : on.has('--version') ? 'version' : undefined
  return {
    ...values,
    ...(show === undefined ? {} : { show }),
    ...pause,
    demo: on.has('--demo'),
    checkConfig: on.has('--check-config'),
    resetSettings: on.has('--reset-settings'),
    fixed: { ...fixedHidden(on), ...(logLevel === undefined ? {} : fixedLevel(level.data)) },
  }
}

function fixedHidden(on: ReadonlySet<string>): FixedSettings {
  const name = ['--hidden', '--minimized'].find((flag) => on.has(flag))
  return name === undefined ? {} : { 'startup.hidden': { value: true, source: { kind: 'flag', name } } }
}

function fixedLevel(value: SettingValues['log.level']): FixedSettings {
  return { 'log.level': { value, source: { kind: 'flag', name: '--log-level' } } }
}

function pauseOf(text: string | undefined): Pick<LaunchFlags, 'doNotDisturb'> | string {
  if (text === undefined) return {}
  const pause = PauseRequest.safeParse(text)
  if (pause.success) return { doNotDisturb: pause.data }
  return `--do-not-disturb: expected 15m, 1h, 4h, morning or off, got ${JSON.stringify(text)}.`
}

/** The text after `=`, or the next argument; `undefined` without one. */
function valueOf(argument: string, rest: string[]): string | undefined {
  const at = argument.indexOf('=')
  const value = at < 0 ? rest.shift() : argument.slice(at + 1)
  return value === undefined || value === '' || value.startsWith('--') ? undefined : value
}
