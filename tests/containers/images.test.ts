/** The images by themselves, and as deploy/kubernetes/remo.yaml runs them: in its order, with its variables and limits. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { ComposeProject } from './compose-project.ts'

const root = join(import.meta.dirname, '..', '..')
const revision = '0123456789abcdef0123456789abcdef01234567'
const project = new ComposeProject({ REMO_REVISION: revision })
const name = 'remo-image-proof'
const docker = (...args: string[]) => project.docker(...args)
/** As the pods of the manifest: no capabilities, nothing writable but /tmp, and no init process. */
const hardened = [
  '--user=1000:1000',
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--tmpfs=/tmp',
]

beforeAll(async () => {
  await clear() // from a killed run
  await project.build()
})
afterAll(clear)

/** All containers of this file, and their network. */
async function clear(): Promise<void> {
  const left = (await docker('ps', '--all', '--quiet', '--filter', `label=${name}`)).split('\n').filter(Boolean)
  if (left.length > 0) await docker('rm', '--force', '--volumes', ...left)
  await docker('network', 'rm', name).catch(() => undefined)
}

describe.each([
  { image: 'remo-backend', title: 'ReMo backend' },
  { image: 'remo-producer', title: 'ReMo producer' },
])('the image $image', ({ image, title }) => {
  const runs = (...args: string[]) => docker('run', '--rm', '--network=none', ...args)
  /** As root, who may read every folder. */
  const inside = (...command: string[]) => runs('--user=0', image, ...command)

  test('says what it is, and its user is a number', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const [about] = JSON.parse(await docker('image', 'inspect', image)) as [
      { Config: { Labels: Record<string, string>; User: string; StopSignal: string } },
    ]
    expect(about.Config).toMatchObject({ User: '1000', StopSignal: 'SIGTERM' })
    expect(about.Config.Labels).toMatchObject({
      'org.opencontainers.image.title': title,
      'org.opencontainers.image.description': expect.stringMatching(/.{20}/) as string,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.licenses': 'MIT',
    })
  })

  test('has an SBOM of exactly the npm packages in it', async () => {
    const sbom = JSON.parse(await inside('cat', 'sbom.cdx.json')) as {
      bomFormat: string
      metadata: { component: { name: string } }
      components: Array<{ name: string; version: string; licenses: unknown[]; hashes: unknown[] }>
    }
    expect([sbom.bomFormat, sbom.metadata.component.name]).toEqual(['CycloneDX', image])
    for (const { name: library, licenses, hashes } of sbom.components) {
      expect([licenses.length, hashes.length], library).toEqual([1, 1])
    }
    const manifests = await inside('find', '/', '-xdev', '-path', '*/node_modules/*', '-name', 'package.json')
    const installed = manifests
      .split('\n')
      .filter((path) => /\/node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
    const program = `for (const file of process.argv.slice(1)) { const { name, version } = require(file); console.log(name + '@' + version) }`
    const packages = (await inside('node', '-e', program, ...installed)).trim().split('\n')
    expect(new Set(packages)).toEqual(new Set(sbom.components.map((each) => `${each.name}@${each.version}`)))
  })

  test('has neither npm nor files of tests, builds and caches', async () => {
    const named = (...names: string[]) => ['(', ...names.flatMap((each) => ['-o', '-name', each]).slice(1), ')']
    const ours = [
      'find',
      '/app',
      '-path',
      '*/node_modules',
      '-prune',
      '-o',
      ...named('*.test.ts', '*.md', 'Dockerfile'),
    ]
    expect(await inside(...ours, '-print')).toBe('')
    const all = ['find', '/app', '/home', '/root', '/tmp', '/opt', '/usr/local', '-xdev']
    expect(
      await inside(...all, ...named('*.map', '.npmrc', '.npm', '_cacache', 'npm', 'yarn', 'package-lock.json')),
    ).toBe('')
  })

  test('has no program that its user could change', async () => {
    expect(await runs(image, 'find', '/app', '/usr/local', '-writable', '!', '-type', 'l')).toBe('')
  })
})

describe('a producer without Kafka', () => {
  test('is unhealthy, keeps running, and ends at SIGTERM', async () => {
    const health = ['--health-interval=1s', '--health-start-period=1s', '--health-retries=1']
    const settings = ['NODE_ID=node-1', 'METRIC_SOURCE=simulated', 'KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1']
    const id = await start(['--network=none', ...health, ...settings.map((each) => `--env=${each}`), 'remo-producer'])
    await expect.poll(() => state(id), slow).toBe('running unhealthy')
    await docker('stop', '--time=15', id)
    expect(await state(id)).toMatch(/^exited 1 /) // it has records that Kafka did not get
  })
})

describe('the manifest for Kubernetes', () => {
  const password = randomBytes(12).toString('hex')
  const postgres = 'postgres'
  let secrets: string
  let variables: string[]
  let waiting: string
  let replica: string

  beforeAll(async () => {
    secrets = mkdtempSync(join(tmpdir(), 'remo-secrets-'))
    chmodSync(secrets, 0o755)
    writeFileSync(join(secrets, 'database_url'), `postgres://remo:${password}@${postgres}:5432/remo`)
    writeFileSync(join(secrets, 'jwt_secret_key'), randomBytes(36).toString('base64'))
    const settings = { ...resource<{ data: object }>('ConfigMap').data, KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' }
    variables = Object.entries(settings).map(([key, value]) => `--env=${key}=${value}`)
    await docker('network', 'create', name)
    const server = ['POSTGRES_USER', 'POSTGRES_DB'].map((key) => `--env=${key}=remo`)
    await docker(
      'run',
      '--detach',
      '--name',
      `${name}-postgres`,
      '--label',
      name,
      '--network',
      name,
      '--network-alias',
      postgres,
      '--tmpfs=/var/lib/postgresql',
      ...server,
      `--env=POSTGRES_PASSWORD=${password}`,
      'postgres:18-bookworm',
    )
  })
  afterAll(() => rmSync(secrets, { recursive: true, force: true }))

  test('the init container of a replica waits for the Job of its version', async () => {
    const [init] = pod().initContainers
    waiting = await run(init)
    await expect.poll(() => docker('logs', waiting), slow).toMatch(/waiting for these migrations/)
    const job = await run(resource<{ spec: { template: { spec: Pod } } }>('Job').spec.template.spec.containers[0])
    await expect.poll(() => state(job), slow).toMatch(/^exited 0 /)
    await expect.poll(() => state(waiting), slow).toMatch(/^exited 0 /)
  })

  test('a replica becomes ready without Kafka and healthy, and knows its revision', async () => {
    replica = await run(pod().containers[0], ['--health-interval=1s'])
    await expect.poll(() => get('/ready'), slow).toBe(200)
    await expect.poll(() => state(replica), slow).toBe('running healthy')
    expect(
      await docker('exec', replica, 'node', '-e', fetched('/version', 'console.log(await answer.text())')),
    ).toContain(revision)
  })

  test('a frozen PostgreSQL takes it out of the Service and restarts nothing', async () => {
    await docker('pause', `${name}-postgres`)
    await expect.poll(() => get('/ready'), slow).toBe(503)
    const { livenessProbe } = pod().containers[0]
    const begin = Date.now()
    expect(await get(livenessProbe.httpGet.path)).toBe(200)
    expect(Date.now() - begin).toBeLessThan(livenessProbe.timeoutSeconds * 1000)
    await docker('unpause', `${name}-postgres`)
    await expect.poll(() => get('/ready'), slow).toBe(200)
    expect(await state(replica)).toBe('running healthy')
  })

  test('it can wait before it stops, and stops in time as process 1', async () => {
    const { lifecycle } = pod().containers[0]
    const [command = '', seconds] = lifecycle.preStop.exec.command
    await docker('exec', replica, command, String(Number(seconds) / 100))
    await docker('stop', `--time=${pod().terminationGracePeriodSeconds - Number(seconds)}`, replica)
    expect(await state(replica)).toMatch(/^exited 143 /)
  })

  /** Status of the replica's answer, asked in its container: no port is published. */
  async function get(path: string): Promise<number> {
    return Number(await docker('exec', replica, 'node', '-e', fetched(path, 'console.log(answer.status)')))
  }

  function run({ command = [], resources }: Container, options: readonly string[] = []): Promise<string> {
    const memory = `--memory=${resources.limits.memory.replace('Mi', 'm')}`
    const mount = `--volume=${secrets}:/etc/remo/secrets:ro`
    return start(['--network', name, mount, memory, ...variables, ...options, 'remo-backend', ...command])
  }
})

const slow = { timeout: 60_000, interval: 500 }

interface Container {
  readonly command?: readonly string[]
  readonly resources: { readonly limits: { readonly memory: string } }
  readonly livenessProbe: { readonly httpGet: { readonly path: string }; readonly timeoutSeconds: number }
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } }
}

interface Pod {
  readonly initContainers: readonly [Container]
  readonly containers: readonly [Container]
  readonly terminationGracePeriodSeconds: number
}

function resource<T>(kind: string): T {
  const all = parseAllDocuments(readFileSync(join(root, 'deploy', 'kubernetes', 'remo.yaml'), 'utf8'))
  return all.map((document) => document.toJS() as { kind: string }).find((each) => each.kind === kind) as T
}

function pod(): Pod {
  return resource<{ spec: { template: { spec: Pod } } }>('Deployment').spec.template.spec
}

/** @returns the id of the container */
async function start(args: readonly string[]): Promise<string> {
  return (await docker('run', '--detach', '--label', name, ...hardened, ...args)).trim()
}

/** Such as `running healthy` or `exited 0 unhealthy`. */
async function state(id: string): Promise<string> {
  const code = '{{if not .State.Running}} {{.State.ExitCode}}{{end}}'
  const format = `{{.State.Status}}${code} {{if .State.Health}}{{.State.Health.Status}}{{end}}`
  return (await docker('inspect', '--format', format, id)).trim()
}

function fetched(path: string, then: string): string {
  return `fetch('http://127.0.0.1:8000${path}').then(async (answer) => { ${then} })`
}
