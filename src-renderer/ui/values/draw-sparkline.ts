import type { Attachment } from 'svelte/attachments'
import { untrack } from 'svelte'

/** The points to draw, oldest first. `last(i)` is `NaN` at a gap. */
export interface SparklinePoints {
  /** Changes with every point. */
  readonly version: number
  readonly length: number
  at(i: number): number
  last(i: number): number
}

export interface SparklineOptions {
  readonly points: SparklinePoints
  /** Right edge of the drawing, epoch ms. */
  readonly now: () => number
  readonly rangeMs: number
  /** @returns the unsubscribe */
  readonly onframe: (listener: () => void) => () => void
  /** Changes with the theme: the drawing takes the canvas's CSS `color`. */
  readonly theme: string
}

/** Draws a series into a canvas: a plain line with gaps, on its own scale. Redraws only after a new sample. */
export const drawSparkline =
  (options: SparklineOptions): Attachment<HTMLCanvasElement> =>
  (canvas) =>
    untrack(() => {
      let drawn = -1
      const draw = (): void => {
        if (options.points.version === drawn || canvas.clientWidth === 0) return
        drawn = options.points.version
        paint(canvas, options)
      }
      const size = new ResizeObserver(() => {
        drawn = -1
        draw()
      })
      size.observe(canvas)
      const off = options.onframe(draw)
      return () => {
        off()
        size.disconnect()
      }
    })

function paint(canvas: HTMLCanvasElement, { points, now, rangeMs }: SparklineOptions): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const ratio = devicePixelRatio
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.scale(ratio, ratio)
  context.strokeStyle = getComputedStyle(canvas).color
  context.lineWidth = 1.5
  context.lineJoin = 'round'

  const from = now() - rangeMs
  const { low, span } = scaleOf(points, from)
  context.beginPath()
  let pen = false
  for (let i = 0; i < points.length; i++) {
    const value = points.last(i)
    if (points.at(i) < from) continue
    if (Number.isNaN(value)) {
      pen = false
      continue
    }
    const x = ((points.at(i) - from) / rangeMs) * width
    const y = height - 1.5 - ((value - low) / span) * (height - 3)
    if (pen) context.lineTo(x, y)
    else context.moveTo(x, y)
    pen = true
  }
  context.stroke()
}

/** Lowest value and span of the visible points. A flat line gets a wider span: noise must not look like a cliff. */
function scaleOf(points: SparklinePoints, from: number): { low: number; span: number } {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < points.length; i++) {
    const value = points.last(i)
    if (points.at(i) < from || Number.isNaN(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return { low: 0, span: 1 }
  const least = Math.max(1e-9, Math.abs(high) * 0.1)
  const span = Math.max(high - low, least)
  return { low: low - (span - (high - low)) / 2, span }
}
