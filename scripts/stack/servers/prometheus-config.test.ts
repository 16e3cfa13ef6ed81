import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prometheusConfig } from './prometheus-config.ts'

const prometheus = join(import.meta.dirname, '..', '..', '..', 'prometheus')
const template = readFileSync(join(prometheus, 'prometheus.yml'), 'utf8')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remo-prometheus-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What the container of compose.yaml would start. */
function inContainer(env: Record<string, string>): { readonly config: string; readonly command: string } {
  const args = [join(prometheus, 'demo.sh'), folder, '--web.listen-address=127.0.0.1:1']
  const command = execFileSync('sh', args, {
    env: { PATH: process.env['PATH'], DEMO_PROMETHEUS: 'echo', ...env },
    encoding: 'utf8',
  })
  return { config: readFileSync(join(folder, 'prometheus.yml'), 'utf8'), command: command.trim() }
}

/** The container's script runs in `sh`, and its paths are those of Linux. */
const onUnix = test.skipIf(process.platform === 'win32')
const targetsOf = (config: string) => [...config.matchAll(/targets: \[(.*)\]/g)].map(([, list]) => list)

onUnix.each([
  [{}, { console: 9464, backendMetrics: 8001, prometheus: 9090 }],
  [
    { PROMETHEUS_PORT: '19464', REMO_BACKEND_METRICS_PORT: '18001', REMO_PROMETHEUS_PORT: '19090' },
    { console: 19464, backendMetrics: 18001, prometheus: 19090 },
  ],
  [{ PROMETHEUS_PORT: '0' }, { console: 0, backendMetrics: 8001, prometheus: 9090 }],
])(
  'with %o, Prometheus scrapes these ports, natively and in its container (not on Windows: it has no sh)',
  (env, ports) => {
    const config = prometheusConfig(template, ports, prometheus)
    const scraped = [ports.console, ports.backendMetrics, ports.prometheus]
    expect(targetsOf(config)).toEqual(scraped.map((port) => (port === 0 ? '' : `'127.0.0.1:${port}'`)))
    expect(config).toContain(`- ${join(prometheus, 'rules.yml')}\n`)
    expect(inContainer(env)).toEqual({
      config,
      command: `--config.file=${join(folder, 'prometheus.yml')} --web.listen-address=127.0.0.1:1`,
    })
  },
)

onUnix('a range of ports is one replica each (not on Windows: it has no sh)', () => {
  const { config } = inContainer({ REMO_BACKEND_METRICS_PORT: '8110-8112' })
  expect(targetsOf(config)[1]).toBe("'127.0.0.1:8110', '127.0.0.1:8111', '127.0.0.1:8112'")
})
