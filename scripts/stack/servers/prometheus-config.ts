import { join } from 'node:path'

/** Ports on this machine. 0: unknown, nothing is scraped there. */
export interface PrometheusPorts {
  readonly console: number
  readonly backendMetrics: number
  readonly prometheus: number
}

/**
 * `prometheus.yml` for these ports, for any folder. `prometheus/demo.sh` does the same in the container.
 * @param folder of the rules
 */
export function prometheusConfig(template: string, ports: PrometheusPorts, folder: string): string {
  return template
    .replace(`'127.0.0.1:9464'`, target(ports.console))
    .replace(`'127.0.0.1:8001'`, target(ports.backendMetrics))
    .replace(`'127.0.0.1:9090'`, target(ports.prometheus))
    .replace('- rules.yml', `- ${join(folder, 'rules.yml')}`)
}

function target(port: number): string {
  return port === 0 ? '' : `'127.0.0.1:${port}'`
}
