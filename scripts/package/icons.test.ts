import { mkdtempSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { drawIcons, iconSource, linuxSizes } from './icons.ts'

const repository = join(import.meta.dirname, '..', '..')

test('one drawing becomes the icons of all systems', async () => {
  const root = mkdtempSync(join(tmpdir(), 'remo-icons-'))
  mkdirSync(dirname(join(root, iconSource)), { recursive: true })
  cpSync(join(repository, iconSource), join(root, iconSource))
  const folder = await drawIcons(root)
  const read = (name: string) => readFileSync(join(folder, name))
  for (const size of linuxSizes) {
    const png = read(`${size}x${size}.png`)
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
  }
  expect(read('icon.ico').readUInt16LE(4)).toBe(8) // images in the file
  expect(read('icon.icns').subarray(0, 4).toString()).toBe('icns')
  expect(read('icon.icns').includes('ic10')).toBe(true)
})
