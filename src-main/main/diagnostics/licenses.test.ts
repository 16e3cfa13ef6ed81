import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creditsIn } from './chromium-credits.ts'
import { AppLicenses } from './licenses.ts'

const text = { title: 'LICENSE', text: 'MIT License\n' }
const project = (name: string, license: string): string =>
  `<div class="product">\n<span class="title">${name}</span>\n<span class="homepage"><a href="x">homepage</a></span>\n` +
  `<div class="license">\n<pre>\n${license}\n</pre>\n</div>\n</div>\n`
const page = [
  project('zlib', 'zlib &lt;license&gt; &#39;as is&#39; &amp;lt;'),
  project('ANGLE', 'BSD &quot;3&quot;'),
  project('Node.js', 'Node &#xA9;'),
  project('Skia', 'BSD &quot;3&quot;'),
].join('')

let dir: string
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'remo-licenses-'))))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function licenses(lists: readonly unknown[], credits?: string): AppLicenses {
  const paths = lists.map((list, index) => {
    const path = join(dir, `${index}.json`)
    writeFileSync(path, typeof list === 'string' ? list : JSON.stringify(list))
    return path
  })
  if (credits !== undefined) writeFileSync(join(dir, 'credits.html'), credits)
  return new AppLicenses({
    lists: [...paths, join(dir, 'missing.json')],
    credits: [join(dir, 'elsewhere.html'), join(dir, 'credits.html')],
    versions: { electron: '33.2.1', chromium: '130.0', node: '20.18.1' },
  })
}

const main = [
  { name: 'electron', version: '45.4.1', license: 'MIT', texts: [text] },
  { name: 'zod', version: '4.6.7', license: 'MIT', texts: [text] },
]
const renderer = [
  { name: 'zod', version: '4.6.7', license: 'MIT', texts: [text] },
  { name: 'lz4js', version: '0.2.0', license: 'ISC', texts: [text], note: 'The package has no license file.' },
]

describe('the libraries of this app', () => {
  it('are those of both bundles once, by name, with the runtime that runs', async () => {
    expect((await licenses([main, renderer]).list()).map(({ name, version }) => `${name} ${version}`)).toEqual([
      'Chromium 130.0',
      'electron 33.2.1',
      'lz4js 0.2.0',
      'Node.js 20.18.1',
      'zod 4.6.7',
    ])
  })

  it('are unknown without a build, or with a list that is none', async () => {
    expect(await licenses([]).list()).toEqual([])
    expect(await licenses(['{', [{ name: 'a' }]]).list()).toEqual([])
  })

  it('have their texts, and a note where one is needed', async () => {
    const list = licenses([main, renderer])
    expect(await list.textOf({ name: 'electron', version: '33.2.1' })).toEqual({ texts: [text] })
    expect(await list.textOf({ name: 'lz4js', version: '0.2.0' })).toEqual({
      texts: [text],
      note: 'The package has no license file.',
    })
    expect(await list.textOf({ name: 'zod', version: '3.0.0' })).toBeUndefined()
  })

  it('have the licenses in Chromium, of which Node has its own', async () => {
    const list = licenses([main], page)
    expect((await list.textOf({ name: 'Chromium', version: '130.0' }))?.texts.map(({ title }) => title)).toEqual([
      'zlib',
      'ANGLE, Skia',
      'Node.js',
    ])
    expect(await list.textOf({ name: 'Node.js', version: '20.18.1' })).toEqual({
      texts: [{ title: 'Node.js', text: 'Node ©\n' }],
    })
  })

  it('say what is missing if the runtime came without its licenses', async () => {
    await expect(licenses([main]).textOf({ name: 'Chromium', version: '130.0' })).rejects.toThrow('can be read')
  })
})

describe('the credits of Chromium', () => {
  it('are plain text', () => {
    expect(creditsIn(page)[0]).toEqual({ title: 'zlib', text: "zlib <license> 'as is' &lt;\n" })
  })

  it('keep the indentation of their first line', () => {
    expect(creditsIn(project('a', '\n  \n     Apache License\n  Version 2.0'))[0]?.text).toBe(
      '     Apache License\n  Version 2.0\n',
    )
  })

  it('keep a number that is no character', () => {
    expect(creditsIn(project('a', '&#9999999; &unknown;'))[0]?.text).toBe('&#9999999; &unknown;\n')
  })

  it('in another form are an error, not an empty list', () => {
    expect(() => creditsIn('<html></html>')).toThrow('has another form')
  })
})
