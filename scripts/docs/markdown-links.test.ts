import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { markdownAnchors, markdownLinks } from './markdown-links.ts'

const root = join(import.meta.dirname, '..', '..')

test('links are found outside of code, with their anchors', () => {
  const text = 'See [a](docs/a.md#one), [web](https://example.com), `[no](code.md)`, <img src="b.png"> and [here](#two).'
  expect(markdownLinks(text)).toEqual([
    { path: 'docs/a.md', anchor: 'one' },
    { path: 'b.png', anchor: '' },
    { path: '', anchor: 'two' },
  ])
})

test('anchors of headings are those of GitHub', () => {
  expect(markdownAnchors('# What needs me?\n## `remo --demo`, once\n## Once\n## Once\n```\n# no heading\n```\n')).toEqual([
    'what-needs-me',
    'remo---demo-once',
    'once',
    'once-1',
  ])
})

test('every link of the documents leads to a file that exists, and to a heading of it', () => {
  const documents = [...markdownIn(root, false), ...markdownIn(join(root, 'docs'), true)]
  expect(documents.length).toBeGreaterThan(20)
  const broken = documents.flatMap((file) =>
    markdownLinks(readFileSync(file, 'utf8'))
      .filter(({ path, anchor }) => !leadsSomewhere(path === '' ? file : resolve(dirname(file), path), anchor))
      .map(({ path, anchor }) => `${relative(root, file)}: ${path}${anchor && `#${anchor}`}`),
  )
  expect(broken).toEqual([])
})

function leadsSomewhere(file: string, anchor: string): boolean {
  if (!existsSync(file)) return false
  return anchor === '' || markdownAnchors(readFileSync(file, 'utf8')).includes(anchor)
}

function markdownIn(folder: string, deep: boolean): string[] {
  const names = readdirSync(folder, { recursive: deep, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name))
}
