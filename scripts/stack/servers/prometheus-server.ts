/** Prometheus is optional: it runs if it is installed and its port is free. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning } from '../../bootstrap/process-identity.mjs'
import { printLine, UserError } from '../../bootstrap/console-output.mjs'
import { onPath } from '../../bootstrap/find-program.mjs'
import { findDaemon, logTail, startDaemon } from '../../process/daemon.ts'
import { requireFreePort } from '../../process/free-port.ts'
import { prometheusConfig, type PrometheusPorts } from './prometheus-config.ts'

export const prometheusName = 'prometheus'
const shipped = join(import.meta.dirname, '..', '..', '..', 'prometheus')
const readyWithinMs = 30_000

export async function startPrometheus(dir: string, ports: PrometheusPorts): Promise<void> {
  if (!onPath('prometheus')) return printLine('Prometheus is not installed; skipping it')
  if (findDaemon(dir, prometheusName)) return printLine('Prometheus is already running')
  try {
    await requireFreePort(ports.prometheus, 'REMO_PROMETHEUS_PORT')
  } catch (error) {
    if (error instanceof UserError) return printLine(`skipping Prometheus: ${error.message}`)
    throw error
  }
  const address = `127.0.0.1:${ports.prometheus}`
  const config = join(dir, 'prometheus.yml')
  mkdirSync(dir, { recursive: true })
  writeFileSync(config, prometheusConfig(readFileSync(join(shipped, 'prometheus.yml'), 'utf8'), ports, shipped))
  const prometheus = await startDaemon({
    name: prometheusName,
    dir,
    command: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'prometheus')}`,
      '--storage.tsdb.retention.time=7d',
      `--web.listen-address=${address}`,
    ],
  })
  const deadline = Date.now() + readyWithinMs
  while (!(await isReady(address))) {
    if (!isRunning(prometheus) || Date.now() > deadline) {
      throw new Error(`Prometheus did not become ready. End of its log:\n${logTail(dir, prometheusName)}`)
    }
    await delay(100)
  }
  printLine(`Prometheus is ready on http://${address}`)
}

async function isReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`http://${address}/-/ready`)).ok
  } catch {
    return false // not listening yet
  }
}
