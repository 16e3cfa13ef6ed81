import { BarChart, LineChart } from 'echarts/charts'
import {
  AxisPointerComponent,
  DatasetComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

// The only place that registers ECharts components. Other components are not in the bundle.
use([
  BarChart,
  LineChart,
  GridComponent,
  DatasetComponent,
  TooltipComponent,
  AxisPointerComponent,
  MarkLineComponent,
  MarkAreaComponent,
  CanvasRenderer,
])

export { connect, disconnect, init } from 'echarts/core'
export type { ECharts, EChartsCoreOption } from 'echarts/core'
