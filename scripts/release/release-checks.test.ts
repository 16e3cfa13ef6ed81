import { describe, expect, test } from 'vitest'
import { UserError } from '../bootstrap/console-output.mjs'
import { releaseArguments } from './arguments.ts'
import { releaseSection } from './changelog.ts'
import { checkRelease, type ReleaseFacts } from './release-checks.ts'
import { releaseSeconds } from './release-time.ts'

const ready: ReleaseFacts = {
  version: '0.2.0',
  lockVersion: '0.2.0',
  changedFiles: [],
  tags: ['v0.1.0', 'nightly', 'v9', '0.9.0'],
  changelog: '# Changelog\n\n## 0.2.0 (2026-11-29)\n\nPackages.\n\n## 0.1.0\n\nFirst.\n',
  electron: { wanted: '45.4.1', used: '45.4.1' },
}

function check(part: Partial<ReleaseFacts> = {}) {
  return checkRelease({ ...ready, ...part })
}

describe('a commit', () => {
  test('that is ready has its notes, and a line for each check', () => {
    expect(check()).toEqual({
      passed: [
        'the working tree is that of the commit',
        'version 0.2.0 is newer than the last tag v0.1.0',
        'CHANGELOG.md has a section of 0.2.0',
        'the packages get Electron 45.4.1',
      ],
      notReady: [],
      problems: [],
      section: { notes: 'Packages.', isUnreleased: false },
    })
    expect(check({ tags: [] }).passed).toContain('version 0.2.0 is the first with a tag')
  })

  test.each<[string, Partial<ReleaseFacts>, string]>([
    ['with changed files', { changedFiles: ['a', 'b', 'c', 'd'] }, 'not that of the commit: a, b, c and 1 more'],
    ['called unreleased', { changelog: '## 0.2.0 (unreleased)\n- x\n' }, 'calls 0.2.0 unreleased'],
    ['on another Electron', { electron: { wanted: '45.4.1', used: '33.2.1' } }, 'get Electron 33.2.1'],
  ])('%s is not ready, which a dry run accepts', (_title, part, line) => {
    const { notReady, problems } = check(part)
    expect(notReady).toEqual([expect.stringContaining(line)])
    expect(problems).toEqual([])
  })

  test.each<[string, Partial<ReleaseFacts>, string]>([
    ['of a tagged version', { tags: ['v0.2.0'] }, 'is not newer than the last tag v0.2.0'],
    ['older than a tag', { tags: ['v0.10.0', 'v0.9.0'] }, 'is not newer than the last tag v0.10.0'],
    ['older than its release', { version: '0.2.0-rc.1', tags: ['v0.2.0'] }, 'is not newer than the last tag v0.2.0'],
    ['without a version', { version: '0.2' }, '"0.2" of package.json is no version'],
    ['of another lockfile', { lockVersion: '0.1.0' }, 'package-lock.json has the version 0.1.0'],
    ['without a section', { changelog: '## 0.1.0\nx\n' }, 'CHANGELOG.md says nothing about 0.2.0'],
    ['with an empty section', { changelog: '## 0.2.0\n\n## 0.1.0\nx\n' }, 'CHANGELOG.md says nothing about 0.2.0'],
    ['with two sections', { changelog: '## 0.2.0\nx\n## 0.2.0\ny\n' }, 'CHANGELOG.md has 2 sections of 0.2.0'],
    ['with a wrong day', { changelog: '## 0.2.0 (2026-02-30)\nx\n' }, 'has "(2026-02-30)" behind 0.2.0'],
    ['with a word for a day', { changelog: '## 0.2.0 soon\nx\n' }, 'has "soon" behind 0.2.0'],
  ])('%s is refused', (_title, part, line) => {
    expect(check({ ...part }).problems.join('\n')).toContain(line)
  })

  test('may be a prerelease, and the release after it', () => {
    const changelog = '## 0.3.0-rc.2\nx\n\n## 0.3.0\ny\n'
    expect(
      check({ version: '0.3.0-rc.2', lockVersion: '0.3.0-rc.2', changelog, tags: ['v0.2.0', 'v0.3.0-rc.1'] }),
    ).toMatchObject({
      problems: [],
      section: { notes: 'x' },
    })
    expect(check({ version: '0.3.0', lockVersion: '0.3.0', changelog, tags: ['v0.3.0-rc.10'] }).problems).toEqual([])
  })
})

test('the notes of a release are its section, whatever the line ends', () => {
  const changelog = '## 0.2.0\r\n\r\nFirst:\r\n\r\n- a\r\n- b\r\n\r\n### Part\r\n\r\n## 0.1.0\r\n'
  expect(releaseSection(changelog, '0.2.0')?.notes).toBe('First:\n\n- a\n- b\n\n### Part')
  expect(releaseSection(changelog, '0.2')).toBeUndefined()
})

describe('arguments', () => {
  test('say what to make', () => {
    expect(releaseArguments([])).toEqual({ isDryRun: false, reusesPackages: false })
    expect(releaseArguments(['--dry-run', '--no-package', '--sign', 'a.pem'])).toEqual({
      isDryRun: true,
      reusesPackages: true,
      feedKey: 'a.pem',
    })
    expect(releaseArguments(['--sign=b.pem'])).toMatchObject({ feedKey: 'b.pem' })
  })

  test.each([[['--dry']], [['x']], [['--sign']], [['--sign', '--dry-run']], [['--sign=']], [['--no-package']]])(
    '%j are refused with a sentence',
    (words) => {
      expect(() => releaseArguments(words)).toThrow(UserError)
    },
  )
})

test('the time of a release is that of its commit, unless SOURCE_DATE_EPOCH names another', () => {
  expect(releaseSeconds(5, undefined)).toBe(5)
  expect(releaseSeconds(5, '')).toBe(5)
  expect(releaseSeconds(5, '1700000000')).toBe(1_700_000_000)
  expect(() => releaseSeconds(5, 'today')).toThrow('SOURCE_DATE_EPOCH is "today"')
})
