import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import { init, type ECharts, type EChartsCoreOption } from './echarts.ts'

export interface ChartOptions {
  /** Axes, series ids and levels. Runs again when its reactive inputs change. The element has the theme's colors. */
  readonly structure: (element: HTMLElement) => EChartsCoreOption
  /** Data only, merged by series id. `undefined`: no change. */
  readonly draw: () => EChartsCoreOption | undefined
  readonly onframe: (listener: () => void) => () => void
  /** Charts of one group share the cursor. */
  readonly group: () => string | undefined
}

/** An ECharts instance with the lifetime of its element. It draws only while visible. */
export const chart =
  (options: ChartOptions): Attachment<HTMLElement> =>
  (element) =>
    untrack(() => {
      const instance: ECharts = init(element)
      const group = options.group()
      if (group !== undefined) instance.group = group
      let visible = false
      const draw = (): void => {
        if (!visible || instance.isDisposed()) return
        const option = options.draw()
        if (option) instance.setOption(option)
      }
      const size = new ResizeObserver(() => instance.resize())
      const seen = new IntersectionObserver(([entry]) => {
        visible = entry?.isIntersecting ?? false
        draw()
      })
      size.observe(element)
      seen.observe(element)
      $effect(() => {
        instance.setOption({ animation: false, ...options.structure(element) }, { notMerge: true })
        untrack(draw)
      })
      const off = options.onframe(draw)
      return () => {
        off()
        seen.disconnect()
        size.disconnect()
        instance.dispose()
      }
    })
