import { previewConsole, type PreviewOptions } from './preview-console.ts'
import { standStill } from './preview-time.ts'

const query = new URLSearchParams(location.search)
// What an earlier page kept would change this one.
if (!query.has('kept')) localStorage.clear()
if (query.has('still')) standStill()
const bridge = previewConsole({
  nodes: Number(query.get('nodes') ?? 4),
  storm: Number(query.get('storm') ?? 0),
  hasOwn: query.has('own'),
  away: query.has('away'),
  hz: Number(query.get('hz') ?? 2),
  names: (query.get('names') ?? 'numbers') as PreviewOptions['names'],
  series: query.get('series') === 'telegraf' ? 179 : Number(query.get('series') ?? 0),
  state: (query.get('state') ?? 'live') as PreviewOptions['state'],
  values: query.get('values') === 'extreme' ? 'extreme' : 'usual',
  session: (query.get('session') ?? 'standalone') as PreviewOptions['session'],
  backend: query.get('backend') === 'unreachable' ? 'unreachable' : 'ok',
  consoles: (query.get('consoles') ?? 'some') as PreviewOptions['consoles'],
  actions: (query.get('actions') ?? 'none') as PreviewOptions['actions'],
  ...(query.has('rules') ? { rules: query.get('rules') as NonNullable<PreviewOptions['rules']> } : {}),
  silences: (query.get('silences') ?? 'none') as PreviewOptions['silences'],
  pause: (query.get('pause') ?? 'off') as PreviewOptions['pause'],
  toasts: Number(query.get('toasts') ?? 0),
  settings: (query.get('settings') ?? 'usual') as PreviewOptions['settings'],
  connections: (query.get('connections') ??
    (query.get('state') === 'first-start' ? 'unset' : 'environment')) as PreviewOptions['connections'],
  updates: (query.get('updates') ?? 'none') as PreviewOptions['updates'],
  sources: (query.get('sources') ?? 'some') as PreviewOptions['sources'],
  mappings: (query.get('mappings') ?? 'none') as PreviewOptions['mappings'],
  records: (query.get('records') ?? 'press') as PreviewOptions['records'],
  history: (query.get('history') ?? 'usual') as PreviewOptions['history'],
  theme: query.get('theme') === 'light' ? 'light' : 'dark',
})
Object.assign(window, { remo: bridge.api })
await import('../main.ts')
