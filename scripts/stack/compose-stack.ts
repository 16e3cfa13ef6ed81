/** The stack as containers of compose.yaml. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonIn, runInForeground, runQuietly } from '../bootstrap/run-command.mjs'
import { printLine, secondsSince, UserError } from '../bootstrap/console-output.mjs'
import { gitRevision } from '../process/git-revision.ts'
import { stackPorts } from './stack-ports.ts'
import type { ServiceState, Stack } from './stack-types.ts'

const root = join(import.meta.dirname, '..', '..')
const healthyWithinMs = 180_000
/** Services that exit after their work. */
const oneShot = new Set(['backend-migrate'])

export class ComposeStack implements Stack {
  readonly kind: string
  readonly bootstrap: string
  readonly backend: string
  readonly #command: string
  readonly #leading: readonly string[]

  /** @param compose the compose command, such as `['docker', 'compose']` */
  constructor(compose: readonly string[]) {
    const [command, ...args] = compose
    if (command === undefined) throw new Error('an empty compose command')
    this.#command = command
    this.#leading = [...args, '--project-name', 'remo', '--file', join(root, 'compose.yaml')]
    this.kind = `containers (${compose.join(' ')})`
    const ports = stackPorts()
    this.bootstrap = `localhost:${ports.kafka}`
    this.backend = `http://localhost:${ports.backend}`
  }

  async isUp(): Promise<boolean> {
    return (await this.status()).some(({ running, state }) => running && state !== 'done')
  }

  async up(): Promise<void> {
    const begin = Date.now()
    printLine(`${this.#command}: building and starting the containers (the first run pulls images)`)
    await this.#run('up', '--detach', '--build', '--remove-orphans')
    await this.#untilHealthy()
    printLine(`all containers are healthy (${secondsSince(begin)})`)
  }

  async down(): Promise<void> {
    await this.#run('down', '--remove-orphans')
  }

  async reset(): Promise<void> {
    await this.#run('down', '--remove-orphans', '--volumes')
  }

  /** Asks the engine, because the output of `ps` differs between the two versions of compose. */
  status(): Promise<ServiceState[]> {
    const format =
      '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}'
    const ids = this.#read(this.#command, [...this.#leading, 'ps', '--quiet'])
      .split('\n')
      .filter(Boolean)
    if (ids.length === 0) return Promise.resolve([])
    const lines = this.#read('docker', ['inspect', '--format', format, ...ids])
      .split('\n')
      .filter(Boolean)
    return Promise.resolve(
      lines.map((line) => {
        const [name = '', status = '', exitCode, health] = line.trim().split(' ')
        const done = status === 'exited' && exitCode === '0' && oneShot.has(name)
        return { name, state: done ? 'done' : (health ?? status), running: done || status === 'running' }
      }),
    )
  }

  followLogs(): Promise<number> {
    const plain = process.env['NO_COLOR'] ? ['--no-color'] : []
    return runInForeground(this.#command, [...this.#leading, 'logs', '--follow', '--tail=20', ...plain])
  }

  async #untilHealthy(): Promise<void> {
    const deadline = Date.now() + healthyWithinMs
    for (;;) {
      const waiting = (await this.status()).filter(({ state }) => state !== 'healthy' && state !== 'done')
      if (waiting.length === 0) return
      const named = waiting.map(({ name, state }) => `${name} is ${state}`).join(', ')
      if (Date.now() > deadline || waiting.some(({ running }) => !running)) {
        throw new UserError(`These containers did not become healthy: ${named}. Run npm run stack -- logs.`)
      }
      await delay(500)
    }
  }

  async #run(...args: string[]): Promise<void> {
    const { ok, output } = await runQuietly(this.#command, [...this.#leading, ...args], { env: this.#env() })
    if (!ok) throw new UserError(`${this.#command} ${args[0]} failed: ${reasonIn(output)}`)
  }

  #read(command: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: this.#env() })
    if (status !== 0) throw new UserError(`${command} failed: ${reasonIn(stderr)}`)
    return stdout
  }

  #env(): NodeJS.ProcessEnv {
    const ports = stackPorts()
    return {
      ...process.env,
      REMO_REVISION: gitRevision(root),
      REMO_KAFKA_PORT: String(ports.kafka),
      REMO_BACKEND_PORT: String(ports.backend),
      REMO_BACKEND_METRICS_PORT: String(ports.backendMetrics),
      REMO_PROMETHEUS_PORT: String(ports.prometheus),
    }
  }
}
