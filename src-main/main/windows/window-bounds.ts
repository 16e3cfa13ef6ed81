export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const smallestWindow = { width: 720, height: 480 } as const
const firstWindow = { width: 1360, height: 860 } as const

/**
 * Bounds of the window, in screen points: the saved ones, fitted into the display that shows most of them. Without
 * saved bounds, or if no display shows them, the window is centered on the first display.
 */
export function windowBounds(saved: Bounds | undefined, displays: readonly Bounds[]): Bounds {
  const shownOn = (saved && mostShown(saved, displays)) ?? undefined
  const display = shownOn ?? displays[0] ?? { x: 0, y: 0, ...firstWindow }
  const width = between(smallestWindow.width, saved?.width ?? firstWindow.width, display.width)
  const height = between(smallestWindow.height, saved?.height ?? firstWindow.height, display.height)
  if (!saved || !shownOn) {
    return { x: display.x + half(display.width - width), y: display.y + half(display.height - height), width, height }
  }
  return {
    x: between(display.x, saved.x, display.x + display.width - width),
    y: between(display.y, saved.y, display.y + display.height - height),
    width,
    height,
  }
}

function mostShown(bounds: Bounds, displays: readonly Bounds[]): Bounds | undefined {
  const shown = displays.map((display) => ({ display, area: overlap(bounds, display) })).filter(({ area }) => area > 0)
  return shown.sort((a, b) => b.area - a.area)[0]?.display
}

function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}

function half(length: number): number {
  return Math.max(0, Math.floor(length / 2))
}

/** The lower bound wins, so a window on a tiny display keeps its minimum size. */
function between(low: number, value: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}
