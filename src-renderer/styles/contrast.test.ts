import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Tokens of each look, as the browser would compute them. */
function tokensOf(theme: string, palette: string): Record<string, string> {
  const css = readFileSync(join(import.meta.dirname, 'themes.css'), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '')
  const tokens: Record<string, string> = {}
  for (const [, selectors = '', body = ''] of css.matchAll(/([^{}]+)\{([^}]*)\}/g)) {
    const wanted = [`[data-theme='${theme}']`, `[data-theme='${theme}'][data-palette='${palette}']`]
    if (!selectors.split(',').some((selector) => wanted.includes(selector.trim()))) continue
    for (const [, name = '', value = ''] of body.matchAll(/(--[\w-]+):\s*([^;]+);/g)) tokens[name] = value
  }
  return tokens
}

type Rgb = readonly [number, number, number]

/** Linear light, 0 to 1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function linear(hex: string): Rgb {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return [r ?? 0, g ?? 0, b ?? 0]
}

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(linear(a)), luminance(linear(b))].toSorted((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** Full severity: Machado, Oliveira, Fernandes (2009), A physiologically-based model for simulation of color vision. */
const visions: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
} // prettier-ignore

const dot = (a: Rgb, b: Rgb): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

/** CIE L*a*b* of a color as this vision has it. */
function lab(hex: string, vision: readonly [Rgb, Rgb, Rgb]): Rgb {
  const seen = vision.map((row) => Math.min(1, Math.max(0, dot(row, linear(hex)))))
  const rgb: Rgb = [seen[0] ?? 0, seen[1] ?? 0, seen[2] ?? 0]
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f(dot([0.4124, 0.3576, 0.1805], rgb) / 0.95047)
  const y = f(dot([0.2126, 0.7152, 0.0722], rgb))
  const z = f(dot([0.0193, 0.1192, 0.9505], rgb) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function difference(a: string, b: string, vision: readonly [Rgb, Rgb, Rgb]): number {
  const [p, q] = [lab(a, vision), lab(b, vision)]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

const looks = ['dark', 'light'].flatMap((theme) =>
  ['standard', 'color-blind'].map((palette) => [theme, palette] as const),
)
const surfaces = ['--bg', '--surface', '--surface-2', '--surface-3']

test.for(looks)('%s, %s: text has the contrast of WCAG AA', ([theme, palette]) => {
  const tokens = tokensOf(theme, palette)
  const pairs = [
    ...['--text', '--text-2', '--text-3', '--ok', '--warn', '--crit', '--info', '--maint'].flatMap((text) =>
      surfaces.map((surface) => [text, surface] as const),
    ),
    ...['ok', 'warn', 'crit', 'info', 'maint'].map((state) => [`--${state}`, `--${state}-bg`] as const),
    ['--crit-on', '--crit'] as const,
    ['--maint-on', '--maint'] as const,
  ]
  const low = pairs
    .map(([text, surface]) => ({ text, surface, ratio: contrast(tokens[text] ?? '', tokens[surface] ?? '') }))
    .filter(({ ratio }) => !(ratio >= 4.5))
  expect(low).toEqual([])
})

test.for(looks)('%s, %s: shapes and lines of charts have the contrast of WCAG AA', ([theme, palette]) => {
  const tokens = tokensOf(theme, palette)
  const names = ['--unknown', '--focus', '--s-cpu', '--s-mem', '--s-disk', '--s-net']
  const low = names
    .flatMap((name) =>
      surfaces.map((surface) => ({ name, surface, ratio: contrast(tokens[name] ?? '', tokens[surface] ?? '') })),
    )
    .filter(({ ratio }) => !(ratio >= 3))
  expect(low).toEqual([])
})

/** A difference of 2 is just visible beside each other; 20 is another color from across the room. */
test.for(['dark', 'light'])('%s: with the color-blind palette, every vision tells the states apart', (theme) => {
  const tokens = tokensOf(theme, 'color-blind')
  const states = ['--ok', '--warn', '--crit', '--unknown', '--maint'].map((name) => ({
    name,
    color: tokens[name] ?? '',
  }))
  const alike = Object.entries(visions).flatMap(([vision, matrix]) =>
    states.flatMap((a, i) =>
      states
        .slice(i + 1)
        .map((b) => ({ vision, a: a.name, b: b.name, difference: difference(a.color, b.color, matrix) }))
        .filter((pair) => pair.difference < 20),
    ),
  )
  expect(alike).toEqual([])
})

test('the standard palette does not do that', () => {
  const { '--ok': ok = '', '--crit': crit = '' } = tokensOf('dark', 'standard')
  expect(difference(ok, crit, visions['deuteranopia'] ?? [[1, 0, 0], [0, 1, 0], [0, 0, 1]])).toBeLessThan(20)
}) // prettier-ignore
