// Draws the PNG files of tray and window. Run it after a change of an SVG file:
//   node src-main/main/tray/icons/render.mjs
// <state>-<panel>-<px>.png: `dark` is for dark panels (a light drawing), `light` for light ones. The folder color-blind
// has the states with a color in the colors of that palette.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { chromium } from '@playwright/test'

const folder = new URL('.', import.meta.url)
const sizes = [16, 22, 32]
/** State colors of the window's two themes. Amber is lighter here, because it fills a shape. */
const panels = {
  dark: 'color: #e8ecef; --warning: #ffb224; --critical: #ff6369',
  light: 'color: #14181c; --warning: #c27500; --critical: #c2262e',
}
const colorBlindPanels = {
  dark: 'color: #e8ecef; --warning: #f5d90a; --critical: #ff7d3b',
  light: 'color: #14181c; --warning: #948600; --critical: #8f0030',
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' })
const page = await browser.newPage()

async function draw(from, to, { size, style }) {
  const svg = await readFile(from, 'utf8')
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw; ${style} }</style>${svg}`)
  await writeFile(to, await page.screenshot({ omitBackground: true }))
}

async function drawAll(name, styles, to) {
  for (const [panel, style] of Object.entries(styles)) {
    for (const size of sizes) {
      await draw(new URL(name, folder), new URL(name.replace('.svg', `-${panel}-${size}.png`), to), { size, style })
    }
  }
}

const colorBlind = new URL('color-blind/', folder)
await mkdir(colorBlind, { recursive: true })
for (const name of (await readdir(folder)).filter((file) => file.endsWith('.svg'))) {
  await drawAll(name, panels, folder)
  if (['warning.svg', 'critical.svg'].includes(name)) await drawAll(name, colorBlindPanels, colorBlind)
}
await draw(new URL('../../windows/icon.svg', folder), new URL('../../windows/icon.png', folder), {
  size: 256,
  style: '',
})
await browser.close()
