import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import { init, type ECharts, type EChartsCoreOption } from './echarts.ts'

export interface ChartOptions {
  /** Axes, series ids, levels: set anew when what it reads changes. Gets the element to read the theme's colors from. */
  readonly structure: (element: HTMLElement) => EChartsCoreOption
  /** Data only, by series id, merged. `undefined`: nothing is new. */
  readonly draw: () => EChartsCoreOption | undefined
  readonly onframe: (listener: () => void) => () => void
  /** Charts of one group share the cursor. */
  readonly group: () => string | undefined
}

/** An ECharts instance for as long as its element lives. It draws only while it can be seen. */
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
