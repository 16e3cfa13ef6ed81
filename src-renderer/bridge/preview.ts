import { previewConsole, type PreviewOf } from './preview-console.ts'

const query = new URLSearchParams(location.search)
const bridge = previewConsole({
  nodes: Number(query.get('nodes') ?? 4),
  hz: Number(query.get('hz') ?? 2),
  state: (query.get('state') ?? 'live') as PreviewOf['state'],
  session: (query.get('session') ?? 'standalone') as PreviewOf['session'],
  backend: query.get('backend') === 'away' ? 'away' : 'ok',
  actions: (query.get('actions') ?? 'none') as PreviewOf['actions'],
  theme: query.get('theme') === 'light' ? 'light' : 'dark',
})
Object.assign(window, { remo: bridge.api })
await import('../main.ts')
