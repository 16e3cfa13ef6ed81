import { readFileSync } from 'node:fs'
import { type Config, readConfig } from './config.ts'

/** EX_CONFIG of sysexits.h. */
export const badConfiguration = 78

/** The configuration of this process. If it is not valid, prints all errors and exits before anything is opened. */
export function loadConfigOrExit(): Config {
  const read = readConfig(process.env, (path) => readFileSync(path, 'utf8'))
  if (read.ok) return read.config
  console.error(
    `The ReMo backend cannot start. Correct these variables:\n${read.problems.map((problem) => `  ${problem}`).join('\n')}`,
  )
  process.exit(badConfiguration)
}
