/** compose.yaml, unchanged, with the test's own project name and ports. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const project = 'remo-proof'
const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

export interface Service {
  readonly service: string
  readonly id: string
  /** Exit code of an exited service, else its health. */
  readonly state: string
}

export class ComposeProject {
  readonly #env: NodeJS.ProcessEnv
  readonly #command: string
  readonly #leading: readonly string[]

  /** @param settings REMO_* variables of compose.yaml */
  constructor(settings: Readonly<Record<string, string>>) {
    const words = JSON.parse(process.env['REMO_TEST_COMPOSE'] ?? '[]') as string[]
    const [command, ...leading] = words
    if (command === undefined) throw new Error('run these tests with npm test containers, which provides the engine')
    this.#env = { ...process.env, ...settings }
    this.#command = command
    this.#leading = [...leading, '--project-name', project, '--file', join(root, 'compose.yaml')]
  }

  compose(...args: string[]): Promise<string> {
    return this.#run(this.#command, [...this.#leading, ...args])
  }

  docker(...args: string[]): Promise<string> {
    return this.#run('docker', args)
  }

  /** Builds ReMo's images from this code. A private engine has no route out, so it uses the host's network. */
  async build(): Promise<void> {
    if (process.env['DOCKER_BUILDKIT'] !== '0') {
      await this.compose('build')
      return
    }
    const images = { 'remo-backend': 'src-backend/Dockerfile', 'remo-producer': 'producers/Dockerfile' }
    const revision = `REVISION=${this.#env['REMO_REVISION'] ?? 'unknown'}`
    for (const [image, file] of Object.entries(images)) {
      const of = ['--tag', image, '--file', join(root, file), '--build-arg', revision]
      await this.docker('build', '--quiet', '--network=host', ...of, root)
    }
  }

  async services(): Promise<Service[]> {
    const ids = lines(await this.docker('ps', '--all', '--quiet', '--filter', label))
    if (ids.length === 0) return []
    const service = '{{index .Config.Labels "com.docker.compose.service"}}'
    const state = '{{if .State.Running}}{{.State.Health.Status}}{{else}}{{.State.ExitCode}}{{end}}'
    const table = await this.docker('inspect', '--format', `${service} {{.Id}} ${state}`, ...ids)
    return lines(table).map((line) => {
      const [name = '', id = '', is = ''] = line.split(' ')
      return { service: name, id, state: is }
    })
  }

  /** All containers, networks and volumes of the project in the engine. */
  async remains(): Promise<string[]> {
    const kinds = [
      ['ps', '--all'],
      ['volume', 'ls'],
      ['network', 'ls'],
    ]
    const found = await Promise.all(kinds.map((kind) => this.docker(...kind, '--quiet', '--filter', label)))
    return found.flatMap(lines)
  }

  async sql(query: string): Promise<string[][]> {
    const postgres = (await this.services()).find(({ service }) => service === 'postgres')
    if (!postgres) throw new Error('PostgreSQL has no container')
    const psql = ['psql', '--username=remo', '--dbname=remo', '--no-align', '--tuples-only', '--command', query]
    return lines(await this.docker('exec', postgres.id, ...psql)).map((row) => row.split('|'))
  }

  async #run(command: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(command, args, { env: this.#env, cwd: root, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  }
}

const label = `label=com.docker.compose.project=${project}`

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
