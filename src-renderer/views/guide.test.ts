import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages } from '../app/router.svelte.ts'
import { settingsSections } from './settings-sections.ts'

// `npm run screenshots` takes the pictures. A new page or section requires a picture and a place in the guide.

const guide = join(import.meta.dirname, '..', '..', 'docs', 'guide')
const texts = readdirSync(guide)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(guide, name), 'utf8'))
const files = readdirSync(join(guide, 'pictures')).toSorted()
const used = texts.flatMap((text) => [...text.matchAll(/(?:src|srcset)="pictures\/([^"]+)"/g)].map(([, name]) => name))

/** As `npm run screenshots` names them; the page Settings has one picture a section. */
const required = [
  ...pages.filter((page) => page !== 'settings'),
  ...settingsSections.map(({ id }) => `settings-${id}`),
].flatMap((name) => [`${name}-dark.png`, `${name}-light.png`])

test('every page and every section of Settings has a picture in both themes, and the guide shows it', () => {
  expect(required.filter((name) => !files.includes(name))).toEqual([])
  expect(required.filter((name) => !used.includes(name))).toEqual([])
})

test('the guide shows every picture, and no other', () => {
  expect([...new Set(used)].toSorted()).toEqual(files)
})

test('all pictures have the size of a new window, and 4 MB together', () => {
  const pictures = files.map((name) => readFileSync(join(guide, 'pictures', name)))
  // Width and height follow the name of the first chunk: https://www.w3.org/TR/png/#11IHDR
  const sizes = pictures.map((png) => `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`)
  expect([...new Set(sizes)]).toEqual(['1360x860'])
  expect(pictures.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(4_000_000)
})

test('every picture of the guide has both themes and a description', () => {
  const pictures = texts.flatMap((text) => text.match(/<picture>[^]*?<\/picture>/g) ?? [])
  expect(pictures.length).toBeGreaterThanOrEqual(required.length / 2)
  for (const picture of pictures) {
    const [, dark = '', alt = '', light = ''] =
      /srcset="([^"]+)-dark\.png">\s*<img alt="([^"]*)" src="([^"]+)-light\.png">/.exec(picture) ?? []
    expect([basename(dark), alt.length > 20], picture).toEqual([basename(light), true])
  }
})

test('every section of Settings has a heading in the guide', () => {
  const headings = readFileSync(join(guide, 'settings.md'), 'utf8').match(/^## .*$/gm) ?? []
  expect(headings).toEqual(expect.arrayContaining(settingsSections.map(({ title }) => `## ${title}`)))
})
