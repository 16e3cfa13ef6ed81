import { UserError } from '../bootstrap/console-output.mjs'

export interface ReleaseArguments {
  /** Creates no tag; what keeps this commit from being a release is a note. */
  readonly isDryRun: boolean
  /** Uses the packages in `dist/`. */
  readonly reusesPackages: boolean
  /** PEM file with the private key of the update feed. */
  readonly feedKey?: string
}

/** @throws UserError with one sentence */
export function releaseArguments(words: readonly string[]): ReleaseArguments {
  const rest = [...words]
  let isDryRun = false
  let reusesPackages = false
  let feedKey: string | undefined
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--dry-run') isDryRun = true
    else if (word === '--no-package') reusesPackages = true
    else if (word === '--sign' || word.startsWith('--sign=')) feedKey = valueOf(word, rest)
    else throw new UserError(`Unknown option "${word}". npm run release -- --help shows the options.`)
  }
  if (reusesPackages && !isDryRun)
    throw new UserError('A release builds its packages from its commit: --no-package requires --dry-run.')
  return { isDryRun, reusesPackages, ...(feedKey !== undefined && { feedKey }) }
}

function valueOf(word: string, rest: string[]): string {
  const at = word.indexOf('=')
  const value = at < 0 ? rest.shift() : word.slice(at + 1)
  if (value === undefined || value === '' || value.startsWith('--'))
    throw new UserError('--sign requires the PEM file with the private key of the update feed.')
  return value
}
