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

/** A sample without a neighbor is a dot. */
const dotRadius = 2

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

  context.fillStyle = context.strokeStyle

  const from = now() - rangeMs
  const { low, span, factor } = scaleOf(points, from)
  context.beginPath()
  /** Start of a line that has no second point yet. */
  let lone: readonly [number, number] | undefined
  let pen = false
  const dots: Array<readonly [number, number]> = []
  const lift = (): void => {
    if (lone) dots.push(lone)
    lone = undefined
    pen = false
  }
  for (let i = 0; i < points.length; i++) {
    const value = points.last(i)
    if (points.at(i) < from) continue
    if (Number.isNaN(value)) {
      lift()
      continue
    }
    const x = ((points.at(i) - from) / rangeMs) * width
    const y = height - 1.5 - ((value / factor - low) / span) * (height - 3)
    if (pen) context.lineTo(x, y)
    else context.moveTo(x, y)
    lone = pen ? undefined : [x, y]
    pen = true
  }
  lift()
  context.stroke()
  for (const [x, y] of dots) {
    context.beginPath()
    context.arc(Math.min(width - dotRadius, Math.max(dotRadius, x)), y, dotRadius, 0, 2 * Math.PI)
    context.fill()
  }
}

/**
 * Lowest value and span of the visible points, divided by `factor`: the difference of ±1.7e308 is no number. A flat line
 * gets a wider span: noise must not look like a cliff.
 */
function scaleOf(points: SparklinePoints, from: number): { low: number; span: number; factor: number } {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < points.length; i++) {
    const value = points.last(i)
    if (points.at(i) < from || Number.isNaN(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return { low: 0, span: 1, factor: 1 }
  const factor = Math.max(1e-300, Math.abs(low), Math.abs(high))
  const real = high / factor - low / factor
  const span = Math.max(real, 0.1)
  return { low: low / factor - (span - real) / 2, span, factor }
}
