import { spawnSync } from 'node:child_process'

/** Git commit of a folder, with `-dirty` if its files differ from it; `unknown` outside of Git. */
export function gitRevision(folder: string): string {
  const args = ['describe', '--always', '--dirty', '--exclude=*', '--abbrev=12']
  const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', timeout: 5_000 })
  return status === 0 ? stdout.trim() : 'unknown'
}
