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

export interface SparklineLevel {
  readonly severity: 'warning' | 'critical'
  readonly value: number
}

/** The part of a value axis that a drawing needs. `min` and `max` are values divided by `factor`. */
export interface SparklineScale {
  readonly min: number
  readonly max: number
  readonly factor: number
}

export interface SparklineOptions {
  readonly points: SparklinePoints
  /** Right edge of the drawing, epoch ms. */
  readonly now: () => number
  readonly rangeMs: number
  readonly scale: () => SparklineScale
  /** Dashed lines. */
  readonly levels: () => readonly SparklineLevel[]
  /** The newest point is current: it gets a dot. */
  readonly current: () => boolean
  /** @returns the unsubscribe */
  readonly onframe: (listener: () => void) => () => void
  /** Changes with what the drawing takes from outside: colors and scale. A new one attaches it again. */
  readonly look: string
}

interface Palette {
  readonly line: string
  readonly grid: string
  readonly warning: string
  readonly critical: string
}

const dot = 2.5

/** Draws a series into a canvas: line with gaps, area, levels and the ends of the scale. Redraws only what changed. */
export const drawSparkline =
  (options: SparklineOptions): Attachment<HTMLCanvasElement> =>
  (canvas) =>
    untrack(() => {
      let drawn = ''
      let palette = paletteOf(canvas)
      const draw = (): void => {
        if (canvas.clientWidth === 0) return
        const state = stateOf(canvas, options)
        if (state === drawn) return
        drawn = state
        paint(canvas, options, palette)
      }
      const size = new ResizeObserver(() => {
        drawn = ''
        palette = paletteOf(canvas)
        draw()
      })
      size.observe(canvas)
      const off = options.onframe(draw)
      return () => {
        off()
        size.disconnect()
      }
    })

function paletteOf(canvas: HTMLCanvasElement): Palette {
  const style = getComputedStyle(canvas)
  const named = (name: string): string => style.getPropertyValue(name).trim()
  return { line: style.color, grid: named('--line'), warning: named('--warn'), critical: named('--crit') }
}

/** Equal for two drawings that would look the same: the time counts in whole pixels. */
function stateOf({ clientWidth }: HTMLCanvasElement, options: SparklineOptions): string {
  const { min, max, factor } = options.scale()
  const levels = options.levels().map(({ severity, value }) => severity + value)
  const shift = Math.floor((options.now() / options.rangeMs) * clientWidth)
  return [options.points.version, shift, min, max, factor, options.current(), ...levels].join(' ')
}

interface Plot {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly x: (at: number) => number
  readonly y: (value: number) => number
}

function paint(canvas: HTMLCanvasElement, options: SparklineOptions, palette: Palette): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const ratio = devicePixelRatio
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.scale(ratio, ratio)
  const from = options.now() - options.rangeMs
  const { min, max, factor } = options.scale()
  // Room for half a line at both ends, and for the dot at the right.
  const x = (at: number): number => ((at - from) / options.rangeMs) * (width - dot - 0.5)
  const y = (value: number): number => height - 1 - ((value / factor - min) / (max - min)) * (height - 2)
  const plot: Plot = { context, width, height, x, y }
  drawGrid(plot, palette)
  drawSeries(plot, options, { from, color: palette.line })
  drawLevels(plot, options.levels(), palette)
}

function drawGrid({ context, width, height }: Plot, { grid }: Palette): void {
  context.strokeStyle = grid
  context.lineWidth = 1
  context.beginPath()
  for (const line of [0.5, height - 0.5]) {
    context.moveTo(0, line)
    context.lineTo(width, line)
  }
  context.stroke()
}

function drawLevels({ context, width, y }: Plot, levels: readonly SparklineLevel[], palette: Palette): void {
  context.setLineDash([4, 3])
  context.lineWidth = 1
  for (const { severity, value } of levels) {
    context.strokeStyle = palette[severity]
    context.beginPath()
    const line = Math.round(y(value)) + 0.5
    context.moveTo(0, line)
    context.lineTo(width, line)
    context.stroke()
  }
  context.setLineDash([])
}

function drawSeries(plot: Plot, options: SparklineOptions, look: { from: number; color: string }): void {
  const { context, x, y } = plot
  const { points } = options
  context.strokeStyle = look.color
  context.fillStyle = look.color
  context.lineWidth = 1.5
  context.lineJoin = 'round'
  let first = -1
  let end: readonly [number, number] | undefined
  context.beginPath()
  for (let i = firstInView(points, look.from); i <= points.length; i++) {
    const value = i < points.length ? points.last(i) : NaN
    if (Number.isNaN(value)) {
      if (first >= 0) drawRun(plot, options, [first, i])
      first = -1
      continue
    }
    if (first < 0) first = i
    end = [x(points.at(i)), y(value)]
  }
  if (!end || !options.current()) return
  context.beginPath()
  context.arc(end[0], end[1], dot, 0, 2 * Math.PI)
  context.fill()
}

/** The last point before the left edge is drawn too: the line enters from there. */
function firstInView(points: SparklinePoints, from: number): number {
  let first = 0
  while (first < points.length && points.at(first) < from) first++
  return Math.max(0, first - 1)
}

/** Points without a gap, `[first, end)`. A lone point is a dot. */
function drawRun(
  { context, height, x, y }: Plot,
  { points }: SparklineOptions,
  [first, end]: readonly [number, number],
): void {
  context.beginPath()
  for (let i = first; i < end; i++) context.lineTo(x(points.at(i)), y(points.last(i)))
  context.stroke()
  if (end - first === 1) {
    context.beginPath()
    context.arc(x(points.at(first)), y(points.last(first)), 1.5, 0, 2 * Math.PI)
    context.fill()
    return
  }
  context.lineTo(x(points.at(end - 1)), height)
  context.lineTo(x(points.at(first)), height)
  context.globalAlpha = 0.09
  context.fill()
  context.globalAlpha = 1
}
