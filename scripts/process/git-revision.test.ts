import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitRevision } from './git-revision.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remo-revision-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function git(...args: string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  return spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).stdout.trim()
}

test('the revision is the commit, marked if a file differs from it', () => {
  git('init', '--quiet')
  writeFileSync(join(folder, 'a'), '1')
  git('add', 'a')
  git('commit', '--quiet', '--message=first')
  git('tag', '--annotate', '--message=a release', 'v1')
  expect(gitRevision(folder)).toBe(git('rev-parse', '--short=12', 'HEAD'))
  writeFileSync(join(folder, 'a'), '2')
  expect(gitRevision(folder)).toMatch(/^[0-9a-f]{12}-dirty$/)
})

test('outside of Git it is unknown', () => {
  expect(gitRevision(folder)).toBe('unknown')
  expect(gitRevision(join(folder, 'absent'))).toBe('unknown')
})
