import { resolve } from 'node:path'
import type { EnvironmentVariables, ReadText } from '#shared/settings/environment.ts'
import type { FixedSettings } from '#shared/settings/effective-settings.ts'
import { readLaunchFlags } from '#shared/settings/launch-flags.ts'
import type { LaunchFlags } from '#shared/settings/launch-flags.ts'
import { readLaunchVariables } from '#shared/settings/launch-variables.ts'
import type { LaunchVariables } from '#shared/settings/launch-variables.ts'

/** What flags and variables say about this start. They are read once. */
export interface Launch {
  readonly flags: LaunchFlags
  readonly variables: LaunchVariables
  /** Settings that they fix: a flag wins over a variable. */
  readonly fixed: FixedSettings
  readonly dataDir: string
  /** `remo://…` link that the operating system passed to this start. */
  readonly link: string | undefined
}

/** `show`: print it and exit with 0. `problem`: print this sentence, or all for a check, and exit with 2. */
export type LaunchResult =
  | { readonly kind: 'start'; readonly launch: Launch }
  | { readonly kind: 'show'; readonly show: 'help' | 'version' }
  | { readonly kind: 'problem'; readonly problem: string; readonly check?: readonly string[] }

export interface LaunchSource {
  /** ReMo's own arguments, without the program's name and Chromium's switches. */
  readonly args: readonly string[]
  readonly link: string | undefined
  readonly env: EnvironmentVariables
  readonly readText: ReadText
  /** Data folder of this operating system. */
  readonly defaultDataDir: string
}

/** Reads flags and variables. Only the first problem is returned. */
export function readLaunch({ args, link, env, readText, defaultDataDir }: LaunchSource): LaunchResult {
  const flags = readLaunchFlags(args)
  if (typeof flags === 'string') return { kind: 'problem', problem: flags }
  if (flags.show !== undefined) return { kind: 'show', show: flags.show }
  const read = readLaunchVariables(env, readText)
  if (!read.ok) {
    const { problems } = read
    const check = flags.checkConfig ? { check: problems } : {}
    return { kind: 'problem', problem: problems[0] ?? 'The environment is invalid.', ...check }
  }
  const variables = withTeam(read.variables, flags.team)
  return {
    kind: 'start',
    launch: {
      flags,
      variables,
      fixed: { ...variables.fixed, ...flags.fixed },
      dataDir: resolve(flags.dataDir ?? variables.dataDir ?? defaultDataDir),
      link,
    },
  }
}

/** `--team` is a flag for a field of the connection. */
function withTeam(variables: LaunchVariables, team: string | undefined): LaunchVariables {
  if (team === undefined) return variables
  const { connection } = variables
  return {
    ...variables,
    connection: {
      ...connection,
      fields: { ...connection.fields, team },
      names: { ...connection.names, team: '--team' },
    },
  }
}
