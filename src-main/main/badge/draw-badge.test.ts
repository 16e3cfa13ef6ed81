import { expect, test } from 'vitest'
import { drawBadge } from './draw-badge.ts'

/** The picture in text: `#` white, `o` the background, a dot for what is transparent. */
function picture(text: string, px: number): string[] {
  const pixels = drawBadge(text, 'count', px)
  return Array.from({ length: px }, (_, y) =>
    Array.from({ length: px }, (_unused, x) => {
      const at = (y * px + x) * 4
      if ((pixels[at + 3] ?? 0) < 128) return '.'
      return pixels[at] === 255 ? '#' : 'o'
    }).join(''),
  )
}

test.each(['7', '42', '99+', '?'])('%s has white dots within the badge, in each size of a task bar', (text) => {
  for (const px of [16, 20, 24, 32]) {
    const rows = picture(text, px)
    expect(rows.join('')).toContain('#')
    const edges = [rows[0], rows.at(-1), rows.map((row) => row[0]).join(''), rows.map((row) => row.at(-1)).join('')]
    expect(edges.join('')).not.toContain('#')
  }
})
