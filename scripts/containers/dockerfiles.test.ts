/** The Dockerfiles against what they copy. Their images are tested in tests/containers. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }

const images = [
  { file: 'src-backend/Dockerfile', image: 'remo-backend' },
  { file: 'producers/Dockerfile', image: 'remo-producer' },
] as const

/** Instructions, without comments and with continued lines joined. */
const instructions = (file: string) =>
  read(file)
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')

/** Sources that are copied from the repository. */
const copied = (file: string) =>
  instructions(file)
    .filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(' ').slice(1, -1))

describe.each(images)('$file', ({ file, image }) => {
  test('is of the version of package.json', () => {
    expect(instructions(file)).toContain(`ARG VERSION=${version}`)
  })

  test('keeps the packages that its code imports, and no other', () => {
    const [, kept = ''] = new RegExp(`image-packages.mjs ${image} (.*)`).exec(instructions(file).join('\n')) ?? []
    const folders = copied(file).filter((path) => /^(src-|producers)/.test(path))
    const sources = globSync(
      folders.map((folder) => `${folder}/**/*.ts`),
      { cwd: root, exclude: (path) => path.endsWith('.test.ts') },
    )
    const imported = sources.flatMap((path) => [...read(path).matchAll(/ from '((?:@[^/']+\/)?[^./#@'][^/':]*)[/']/g)])
    expect(new Set(kept.split(' '))).toEqual(new Set(imported.map(([, name]) => name)))
  })

  test('is for every builder', () => {
    expect(read(file)).not.toMatch(/^# syntax=|--mount=|--chmod|--link|<</m)
  })

  test('puts the commit last, so that a new one builds no layer again', () => {
    const lines = instructions(file)
    const work = lines.findLastIndex((line) => /^(RUN|COPY) /.test(line))
    expect(lines.findIndex((line) => line.startsWith('ARG REVISION'))).toBeGreaterThan(work)
  })
})

test('the engine gets what the Dockerfiles copy, and nothing else', () => {
  const sent = read('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
  const wanted = images.flatMap(({ file }) => copied(file)).map((path) => path.replace(/^(src-kafka)\/.*/, '$1'))
  expect(sent.toSorted()).toEqual([...new Set(wanted)].toSorted())
})
