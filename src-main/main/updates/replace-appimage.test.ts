import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { canReplace, replaceAppImage } from './replace-appimage.ts'

let dir: string
let image: string
let file: string
const sum = createHash('sha512').update('new').digest('base64')

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'remo-appimage-'))
  image = join(dir, 'apps', 'ReMo-0.2.0.AppImage')
  file = join(dir, 'ReMo-0.2.1.AppImage')
  mkdirSync(join(dir, 'apps'))
  writeFileSync(image, 'old', { mode: 0o755 })
  writeFileSync(file, 'new')
})
afterEach(() => rmSync(dir, { recursive: true }))

test('the new one has the name of the old one, and can be started', async () => {
  await replaceAppImage(image, file, sum)
  expect([readFileSync(image, 'utf8'), (statSync(image).mode & 0o777).toString(8)]).toEqual(['new', '755'])
  expect(readdirSync(join(dir, 'apps'))).toEqual(['ReMo-0.2.0.AppImage'])
})

test('a file that has changed since the download is not used', async () => {
  writeFileSync(file, 'changed')
  await expect(replaceAppImage(image, file, sum)).rejects.toThrow(/has changed since it was checked/)
  expect([readFileSync(image, 'utf8'), readdirSync(join(dir, 'apps'))]).toEqual(['old', ['ReMo-0.2.0.AppImage']])
})

test('a failure leaves the old one', async () => {
  await expect(replaceAppImage(image, join(dir, 'none'), sum)).rejects.toThrow(/The old one stays\./)
  expect([readFileSync(image, 'utf8'), readdirSync(join(dir, 'apps'))]).toEqual(['old', ['ReMo-0.2.0.AppImage']])
})

test('a file that is not there cannot be replaced', async () => {
  expect([await canReplace(image), await canReplace(join(dir, 'apps', 'none'))]).toEqual([true, false])
})
