/** What a release has beside its packages, made of the package that this stage has built. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { version } from '../../package.json' with { type: 'json' }
import { licenseProblem } from '../../scripts/build/allowed-licenses.ts'
import { appArchive, packagesInApp } from '../../scripts/release/app-contents.ts'
import { makeFiles } from '../../scripts/release/make-files.ts'
import { packagesIn } from '../../scripts/release/packages.ts'
import { sbomProblems } from '../../scripts/release/sbom-schema.ts'

const root = join(import.meta.dirname, '..', '..')
const built = join(root, 'dist')
const runtime = { electron: '45.4.1', chrome: '150.0.7871.46', node: '24.21.0' }

let dist: string
let files: string[]
const read = (name: string): string => readFileSync(join(dist, name), 'utf8')

/** The user of this stage may not write where the packages are. */
beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'remo-release-'))
  const archive = relative(built, appArchive(built))
  mkdirSync(join(dist, archive, '..'), { recursive: true })
  copyFileSync(join(built, archive), join(dist, archive))
  const packages = packagesIn(built, version)
  for (const { name } of packages) copyFileSync(join(built, name), join(dist, name))
  // Where this stage makes the unpacked app alone, a file stands in for its package.
  if (packages.length === 0) writeFileSync(join(dist, `remo_${version}_amd64.deb`), 'no package')
  const at = { commit: 'test', atSeconds: 1 }
  files = await makeFiles({ root, dist, version, ...at, notes: 'Notes.', runtime, feedKey: undefined })
})
afterAll(() => rmSync(dist, { recursive: true, force: true }))

test('every package in the app has an allowed license, and its text', () => {
  const packages = packagesInApp(appArchive(dist))
  const names = packages.map(({ name }) => name)
  for (const expected of ['electron', 'better-sqlite3', 'SQLite', 'kafkajs', 'svelte', 'echarts', 'express', 'zod'])
    expect(names).toContain(expected)
  const problems = packages.flatMap(({ name, license, texts }) => {
    const problem = licenseProblem(license, texts.map(({ text }) => text).join('\n'))
    return problem === undefined ? [] : [`${name} ${problem}`]
  })
  expect(problems).toEqual([])
})

test('the bill of materials is valid, and the sums are those of the files', () => {
  const bill = read(files.find((name) => name.endsWith('.cdx.json')) ?? '')
  expect(sbomProblems(bill)).toEqual([])
  const Components = z.object({ components: z.array(z.object({ name: z.string(), version: z.string().optional() })) })
  const names = Components.parse(JSON.parse(bill)).components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['SQLite', 'better-sqlite3', 'electron', 'kafkajs']))
  const sums = read('SHA256SUMS').trimEnd().split('\n')
  expect(sums.length).toBe(files.length - 1)
  for (const [sum, name = ''] of sums.map((line) => line.split('  ')))
    expect(
      createHash('sha256')
        .update(readFileSync(join(dist, name)))
        .digest('hex'),
      name,
    ).toBe(sum)
})

test('the command says what it does not know', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'release.ts'), '--dry'], {
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([2, 'Unknown option "--dry". npm run release -- --help shows the options.\n'])
})
