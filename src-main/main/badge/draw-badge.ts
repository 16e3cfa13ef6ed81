/** Rows of 3 dots for each character of a badge: 1 is set. */
const glyphs: Readonly<Record<string, readonly string[]>> = {
  '0': ['111', '101', '101', '101', '111'],
  '1': ['010', '110', '010', '010', '111'],
  '2': ['111', '001', '111', '100', '111'],
  '3': ['111', '001', '111', '001', '111'],
  '4': ['101', '101', '111', '001', '001'],
  '5': ['111', '100', '111', '001', '111'],
  '6': ['111', '100', '111', '101', '111'],
  '7': ['111', '001', '010', '010', '010'],
  '8': ['111', '101', '111', '101', '111'],
  '9': ['111', '101', '111', '001', '111'],
  '+': ['000', '010', '111', '010', '000'],
  '?': ['111', '001', '011', '000', '010'],
}
const glyphWidth = 3
const glyphHeight = 5

/** Red, green, blue. */
type Color = readonly [number, number, number]
/** White on it has a contrast of more than 4.5. */
const background: Readonly<Record<'count' | 'unknown', Color>> = { count: [200, 30, 30], unknown: [85, 90, 100] }

/**
 * The picture of a badge, for the overlay of a task bar button: `px` × `px` pixels of blue, green, red and alpha, as
 * Electron's `createFromBitmap` takes them. One character is in a circle, more in a square with round corners.
 */
export function drawBadge(text: string, kind: 'count' | 'unknown', px: number): Buffer {
  const pixels = Buffer.alloc(px * px * 4)
  const set = (x: number, y: number, bytes: readonly [...Color, number]): void => {
    const [red, green, blue, alpha] = bytes
    pixels.set([blue, green, red, alpha], (y * px + x) * 4)
  }
  const radius = text.length === 1 ? px / 2 : px / 4
  for (let y = 0; y < px; y++)
    for (let x = 0; x < px; x++) set(x, y, [...background[kind], coverage({ x, y, px, radius })])
  const dots = text.length * (glyphWidth + 1) - 1
  const scale = Math.max(1, Math.floor(Math.min(px / (dots + 2), px / (glyphHeight + 2))))
  const [left, top] = [Math.floor((px - dots * scale) / 2), Math.floor((px - glyphHeight * scale) / 2)]
  for (const [i, character] of [...text].entries()) {
    glyphs[character]?.forEach((row, rowIndex) => {
      for (let dot = 0; dot < glyphWidth; dot++) {
        if (row[dot] !== '1') continue
        const x = left + (i * (glyphWidth + 1) + dot) * scale
        fill({ x, y: top + rowIndex * scale, size: scale }, (atX, atY) => set(atX, atY, [255, 255, 255, 255]))
      }
    })
  }
  return pixels
}

interface Corner {
  readonly x: number
  readonly y: number
  readonly px: number
  readonly radius: number
}

/** How much of a pixel is inside of the square with round corners: alpha, 0 to 255. */
function coverage({ x, y, px, radius }: Corner): number {
  const beyond = (at: number): number => Math.max(radius - (at + 0.5), at + 0.5 - (px - radius), 0)
  const distance = Math.hypot(beyond(x), beyond(y))
  return Math.round(255 * Math.min(1, Math.max(0, radius - distance + 0.5)))
}

function fill(
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
  set: (x: number, y: number) => void,
): void {
  for (let atY = y; atY < y + size; atY++) for (let atX = x; atX < x + size; atX++) set(atX, atY)
}
