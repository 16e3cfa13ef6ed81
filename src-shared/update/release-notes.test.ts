import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changelogSection, readReleaseNotes } from './release-notes.ts'

test('headings, lists and paragraphs are read, and lines that continue them', () => {
  const notes =
    '### Added\n\nFor **operators**:\nnew.\n\n- A `--flag`, see [docs](https://a.example/x)\n  and more.\n- Two\n\nEnd *soon*.'
  expect(readReleaseNotes(notes)).toEqual([
    { kind: 'heading', text: 'Added' },
    { kind: 'text', text: 'For operators: new.' },
    { kind: 'list', items: ['A --flag, see docs and more.', 'Two'] },
    { kind: 'text', text: 'End soon.' },
  ])
})

test('HTML is text, and a link has no target', () => {
  const notes = '<script>alert(1)</script>\n\n- <img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)'
  expect(readReleaseNotes(notes)).toEqual([
    { kind: 'text', text: '<script>alert(1)</script>' },
    { kind: 'list', items: ['<img src=x onerror=alert(1)>'] },
    { kind: 'text', text: 'a' },
  ])
})

test('names with underscores and stars as products keep them', () => {
  expect(readReleaseNotes('remo_build_info has 2 * 3 and `REMO_LOG_FORMAT`')).toEqual([
    { kind: 'text', text: 'remo_build_info has 2 * 3 and REMO_LOG_FORMAT' },
  ])
})

test('any text can be read, and long ones end', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => readReleaseNotes(text).length >= 0))
  expect(JSON.stringify(readReleaseNotes('word '.repeat(100_000))).length).toBeLessThan(21_000)
})

test('a section is that of the version alone', () => {
  const changelog =
    '# Changelog\n\n## 0.2.1 (unreleased)\n\n- new\n\n## [0.2.0] - 2026-12-01\n\n- a\n\n### B\n\n- c\n\n## 0.1.0\n\n- old\n'
  expect([
    changelogSection(changelog, '0.2.1'),
    changelogSection(changelog, '0.2.0'),
    changelogSection(changelog, '0.1.0'),
    changelogSection(changelog, '0.2'),
  ]).toEqual(['- new', '- a\n\n### B\n\n- c', '- old', ''])
})

test('the changelog of this ReMo has a section of its version', () => {
  const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
  const { version } = JSON.parse(read('package.json')) as { version: string }
  expect(readReleaseNotes(changelogSection(read('CHANGELOG.md'), version)).length).toBeGreaterThan(1)
})
