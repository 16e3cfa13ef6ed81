import { execFileSync } from 'node:child_process'

/**
 * Git commit of the checkout that this runs from, with `-dirty` if files differ from it; `unknown` outside of git.
 */
export function gitRevision(): string {
  const args = ['describe', '--always', '--dirty', '--exclude=*', '--abbrev=12']
  try {
    const cwd = import.meta.dirname
    return execFileSync('git', args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim()
  } catch {
    return 'unknown'
  }
}
