import { spawnSync } from 'node:child_process'
import { UserError } from '../bootstrap/console-output.mjs'

/** What Git says about a checkout. */
export interface GitFacts {
  readonly commit: string
  /** When the commit was made. Epoch seconds. */
  readonly commitSeconds: number
  readonly tags: readonly string[]
  readonly changedFiles: readonly string[]
}

/** @throws UserError outside of Git, and before the first commit */
export function gitFacts(root: string): GitFacts {
  const [commit = '', seconds = ''] = git(root, ['show', '--no-patch', '--format=%H %ct', 'HEAD']).trim().split(' ')
  return {
    commit,
    commitSeconds: Number(seconds),
    tags: git(root, ['tag', '--list']).split('\n').filter(Boolean),
    changedFiles: git(root, ['status', '--porcelain'])
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(3)),
  }
}

/** An annotated tag with the notes as its text. Lines that begin with `#` are headings of the notes, not comments. */
export function createTag(root: string, tag: string, text: string): void {
  git(root, ['tag', '--annotate', '--cleanup=verbatim', '--file=-', tag], text)
}

function git(root: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: root, encoding: 'utf8', input })
  if (status === 0) return stdout
  throw new UserError(`git ${args[0]} failed: ${(error?.message ?? stderr).trim().split('\n')[0]}.`)
}
