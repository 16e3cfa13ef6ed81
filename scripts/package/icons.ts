import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { IconIcns, IconIco } from '@shockpkg/icon-encoder'

/** Sizes of the icon theme on Linux, in pixels. */
export const linuxSizes = [16, 22, 24, 32, 48, 64, 128, 256, 512] as const
const windowsSizes = [16, 20, 24, 32, 40, 48, 64, 256] as const
/** Types of an ICNS file, by pixels. The types of a screen with double density come after them. */
const macTypes = { 16: ['icp4'], 32: ['icp5', 'ic11'], 64: ['ic12'], 128: ['ic07'], 256: ['ic08', 'ic13'], 512: ['ic09', 'ic14'], 1024: ['ic10'] } // prettier-ignore

/** The one drawing that all icons of the app come from. */
export const iconSource = 'src-main/main/windows/icon.svg'

/**
 * Draws `<n>x<n>.png`, `icon.ico`, `icon.icns` and `icon.svg` into the folder.
 * @returns the folder
 */
export async function drawIcons(root: string): Promise<string> {
  const folder = join(root, 'dist', 'icons')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const svg = readFileSync(join(root, iconSource))
  const draw = (size: number) => new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng()

  for (const size of linuxSizes) writeFileSync(join(folder, `${size}x${size}.png`), draw(size))
  writeFileSync(join(folder, 'icon.svg'), svg)
  const windows = new IconIco()
  for (const size of windowsSizes) await windows.addFromPng(draw(size))
  writeFileSync(join(folder, 'icon.ico'), windows.encode())
  const mac = new IconIcns()
  for (const [size, types] of Object.entries(macTypes)) await mac.addFromPng(draw(Number(size)), types)
  writeFileSync(join(folder, 'icon.icns'), mac.encode())
  return folder
}
