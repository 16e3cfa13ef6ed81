import { UserError } from '../bootstrap/console-output.mjs'

/** Ports of the stack on this machine; each has an environment variable. */
export interface StackPorts {
  kafka: number
  kafkaController: number
  /** Native stack only; in containers only the backend reaches PostgreSQL. */
  postgres: number
  backend: number
  backendMetrics: number
  prometheus: number
  /** `/metrics` of the console, which the stack does not start; 0: any free one, so it is unknown. */
  console: number
}

/** @throws Stop on a value that is no port */
export function stackPorts(): StackPorts {
  const kafka = portSetting('REMO_KAFKA_PORT', 9092)
  return {
    kafka,
    kafkaController: portSetting('REMO_KAFKA_CONTROLLER_PORT', kafka + 1),
    // not the default port, which another PostgreSQL may use
    postgres: portSetting('REMO_POSTGRES_PORT', 15_432),
    backend: portSetting('REMO_BACKEND_PORT', 8000),
    backendMetrics: portSetting('REMO_BACKEND_METRICS_PORT', 8001),
    prometheus: portSetting('REMO_PROMETHEUS_PORT', 9090),
    console: process.env['PROMETHEUS_PORT'] === '0' ? 0 : portSetting('PROMETHEUS_PORT', 9464),
  }
}

/** @throws Stop on a value that is no port */
export function portSetting(name: string, byDefault: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return byDefault
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new UserError(`${name}=${text} is not a port. Use 1 to 65535.`)
  return value
}
