/**
 * The stack as processes on this machine: Kafka from its jars, PostgreSQL from npm, backend and producers under this
 * Node, Prometheus if installed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, withLock } from '../bootstrap/cache.mjs'
import { printLine, secondsSince } from '../bootstrap/console-output.mjs'
import { backendName, type BackendOptions, runMigrations, startBackend, stopBackend } from './servers/backend-server.ts'
import { brokerName, probeBroker, stopBroker } from './servers/broker.ts'
import { findDaemon, logOf, stopDaemon } from '../process/daemon.ts'
import { demoBroker, demoDatabasePassword } from './demo.ts'
import { startKafka } from './servers/kafka-server.ts'
import { requireFreePort } from '../process/free-port.ts'
import { postgresName, startPostgres, stopPostgres } from './servers/postgres-server.ts'
import { producerNames, startProducers } from './servers/demo-producers.ts'
import { prometheusName, startPrometheus } from './servers/prometheus-server.ts'
import { stackPorts } from './stack-ports.ts'
import type { ServiceState, Stack } from './stack-types.ts'

/** A producer flushes its queue before it exits; Prometheus writes its head block. */
const graceMs = 10_000

export class NativeStack implements Stack {
  readonly kind = 'native processes'
  readonly bootstrap: string
  readonly backend: string
  readonly #ports = stackPorts()
  readonly #dir = cachePath('stack')
  readonly #kafkaDir = join(this.#dir, 'kafka')
  readonly #postgresDir = join(this.#dir, 'postgres')
  readonly #backendOptions: BackendOptions

  constructor() {
    const { kafka, postgres, backend, backendMetrics } = this.#ports
    this.bootstrap = `127.0.0.1:${kafka}`
    this.backend = `http://localhost:${backend}`
    this.#backendOptions = {
      dir: this.#dir,
      port: backend,
      metricsPort: backendMetrics,
      databaseUrl: `postgres://remo:${demoDatabasePassword}@127.0.0.1:${postgres}/remo`,
      bootstrap: this.bootstrap,
    }
  }

  isUp(): Promise<boolean> {
    return Promise.resolve(findDaemon(this.#kafkaDir, brokerName) !== undefined)
  }

  up(): Promise<void> {
    return withLock('stack', async () => {
      await this.#requireFreePorts()
      await Promise.all([this.#startKafka(), this.#startDatabase()])
      await startBackend(this.#backendOptions)
      await startProducers(this.#dir, this.bootstrap)
      await startPrometheus(this.#dir, this.#ports)
    })
  }

  /** In reverse order: producers flush to a running broker, and the backend finishes on a running database. */
  down(): Promise<void> {
    return withLock('stack', async () => {
      const others = [prometheusName, ...producerNames].flatMap((name) => findDaemon(this.#dir, name) ?? [])
      await Promise.all(others.map((found) => stopDaemon(found, graceMs)))
      const backend = findDaemon(this.#dir, backendName)
      if (backend) await stopBackend(backend)
      const broker = findDaemon(this.#kafkaDir, brokerName)
      const database = findDaemon(this.#postgresDir, postgresName)
      await Promise.all([broker && stopBroker(broker), database && stopPostgres(database)])
    })
  }

  status(): Promise<ServiceState[]> {
    return Promise.resolve(
      this.#services().map(({ name, dir }) => {
        const found = findDaemon(dir, name)
        return { name, state: found ? `running, process ${found.pid}` : 'stopped', running: found !== undefined }
      }),
    )
  }

  async followLogs(): Promise<number> {
    const files = this.#services().map(({ name, dir }) => logOf(dir, name))
    const present = files.filter((file) => existsSync(file))
    if (present.length === 0) {
      printLine('no logs yet: the stack has not run')
      return 0
    }
    if (process.platform === 'win32') {
      for (const file of present) printLine(file) // without `tail`
      return 0
    }
    await once(spawn('tail', ['-n', '20', '-F', ...present], { stdio: 'inherit' }), 'close')
    return 0
  }

  async reset(): Promise<void> {
    await this.down()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** Checked before anything starts, so that a used port leaves no partial stack. */
  async #requireFreePorts(): Promise<void> {
    const { kafka, kafkaController, postgres, backend, backendMetrics } = this.#ports
    const needed = [
      { dir: this.#kafkaDir, name: brokerName, port: kafka, setting: 'REMO_KAFKA_PORT' },
      { dir: this.#kafkaDir, name: brokerName, port: kafkaController, setting: 'REMO_KAFKA_CONTROLLER_PORT' },
      { dir: this.#postgresDir, name: postgresName, port: postgres, setting: 'REMO_POSTGRES_PORT' },
      { dir: this.#dir, name: backendName, port: backend, setting: 'REMO_BACKEND_PORT' },
      { dir: this.#dir, name: backendName, port: backendMetrics, setting: 'REMO_BACKEND_METRICS_PORT' },
    ]
    for (const { dir, name, port, setting } of needed) {
      if (!findDaemon(dir, name)) await requireFreePort(port, setting)
    }
  }

  async #startDatabase(): Promise<void> {
    const begin = Date.now()
    if (findDaemon(this.#postgresDir, postgresName)) printLine('PostgreSQL is already running')
    else {
      const password = demoDatabasePassword
      await startPostgres({ dir: this.#postgresDir, port: this.#ports.postgres, password, keepRunning: true })
      printLine(`PostgreSQL is ready on 127.0.0.1:${this.#ports.postgres} (${secondsSince(begin)})`)
    }
    await runMigrations(this.#backendOptions)
  }

  async #startKafka(): Promise<void> {
    const { kafka, kafkaController } = this.#ports
    if (findDaemon(this.#kafkaDir, brokerName) && !(await probeBroker(this.bootstrap))) {
      printLine(`Kafka is already running on ${this.bootstrap}`)
      return
    }
    const begin = Date.now()
    const left = findDaemon(this.#kafkaDir, brokerName)
    if (left) await stopBroker(left) // it hangs, or serves another port
    await requireFreePort(kafka, 'REMO_KAFKA_PORT')
    await requireFreePort(kafkaController, 'REMO_KAFKA_CONTROLLER_PORT')
    const folder = { dir: this.#kafkaDir, port: kafka, controllerPort: kafkaController, properties: demoBroker }
    await startKafka({ ...folder, keepRunning: true, log: printLine })
    printLine(`Kafka is ready on ${this.bootstrap} (${secondsSince(begin)})`)
  }

  #services(): { name: string; dir: string }[] {
    const others = [backendName, ...producerNames, prometheusName].filter(
      (name) => name !== prometheusName || existsSync(logOf(this.#dir, name)),
    )
    return [
      { name: brokerName, dir: this.#kafkaDir },
      { name: postgresName, dir: this.#postgresDir },
      ...others.map((name) => ({ name, dir: this.#dir })),
    ]
  }
}
