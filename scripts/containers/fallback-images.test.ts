import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fallbackImages } from './fallback-images.ts'

const root = join(import.meta.dirname, '..', '..')

test('every registry image of compose.yaml and its Dockerfiles has a fallback', () => {
  const named = [
    ...matches('compose.yaml', /^ {4}image: (\S+:\S+)$/gm),
    ...['src-backend', 'producers'].flatMap((folder) => matches(`${folder}/Dockerfile`, /^FROM (\S+:\S+)/gm)),
  ]
  expect(new Set(fallbackImages.map(({ image }) => image))).toEqual(new Set(named))
})

function matches(file: string, pattern: RegExp): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, image]) => image ?? '')
}
