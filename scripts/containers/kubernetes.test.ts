/** The manifests in deploy/kubernetes against what the programs read, serve and do. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaSecurityVariables } from '#shared/settings/kafka-security.ts'
import { healthzOperation, readyOperation } from '#shared/rest/system.ts'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readProducerSettings, variableNames } from '../../producers/settings/producer-settings.ts'
import { readConfig } from '../../src-backend/config/config.ts'
import { secretNames, variables } from '../../src-backend/config/variables.ts'
import { endWithinMs, workConnections } from '../../src-backend/replica.ts'

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string }
  readonly exec?: { readonly command: readonly string[] }
  readonly timeoutSeconds: number
}

interface Container {
  readonly image: string
  readonly command?: readonly string[]
  readonly env?: ReadonlyArray<{ readonly name: string; readonly value?: string }>
  readonly ports?: ReadonlyArray<{ readonly name: string; readonly containerPort: number }>
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } }
  readonly volumeMounts?: ReadonlyArray<{ readonly name: string; readonly mountPath: string }>
  readonly resources: { readonly requests: object; readonly limits: object }
  readonly securityContext: object
}

interface Pod {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> }
  readonly spec: {
    readonly initContainers?: readonly Container[]
    readonly containers: readonly [Container]
    readonly securityContext: object
    readonly terminationGracePeriodSeconds: number
  }
}

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> }
  readonly data?: Record<string, string>
  readonly stringData?: Record<string, string>
  readonly spec: Record<string, unknown> & { readonly template: Pod }
}

const root = join(import.meta.dirname, '..', '..')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const manifest = (file: string) =>
  parseAllDocuments(read('deploy/kubernetes', file)).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as Resource
  })
const backend = manifest('remo.yaml')
const producer = manifest('producer.yaml')
const [secret] = manifest('secret.yaml.example')
const { version } = JSON.parse(read('package.json')) as { version: string }

function one(kind: string, resources = backend): Resource {
  const found = resources.filter((resource) => resource.kind === kind)
  expect(found.map(({ kind: name }) => name)).toEqual([kind])
  return found[0] as Resource
}

const deployment = one('Deployment')
const replica = deployment.spec.template
const [container] = replica.spec.containers
const configMap = one('ConfigMap').data ?? {}
const pods = [...backend, ...producer].flatMap(({ spec }) => (spec?.template ? [spec.template] : []))
const containersOf = ({ spec }: Pod) => [...(spec.initContainers ?? []), ...spec.containers]

/** What the ConfigMap says, with secrets in the files that it names. */
function configWith(secrets: Readonly<Record<string, string>>) {
  return readConfig(configMap, (path) => {
    const value = secrets[path.replace('/etc/remo/secrets/', '')]
    if (value === undefined) throw new Error('no such file')
    return value
  })
}
const good = {
  database_url: 'postgres://remo:Vq8zW2kLr5Xn9Tb3@postgres.example.com:5432/remo',
  jwt_secret_key: '0q3v9Zt1c7XyLm5Rk2Wp8Ns4Hd6Bf0Gj3Vq9Tz1Cx7',
}

/** Names that are set, and those in comments for whom they concern. */
const namesIn = (file: string, pattern: RegExp) =>
  [...read('deploy/kubernetes', file).matchAll(pattern)].map(([, name]) => name ?? '')

describe('the ConfigMap and the Secret of the backend', () => {
  test('set variables that the backend reads, also in comments', () => {
    const known = [...Object.keys(variables), ...Object.keys(kafkaSecurityVariables), 'KAFKA_BOOTSTRAP_SERVERS']
    const inFiles = [...secretNames, 'KAFKA_SASL_PASSWORD'].map((name) => `${name}_FILE`)
    const named = namesIn('remo.yaml', /^ {2}(?:# )?([A-Z][A-Z_]+): /gm)
    expect(named).toEqual(expect.arrayContaining(Object.keys(configMap)))
    expect(named.filter((name) => ![...known, ...inFiles].includes(name))).toEqual([])
  })

  test('are a valid configuration with real secrets', () => {
    expect(configWith(good)).toMatchObject({ ok: true })
  })

  test('are refused with the secrets of the example', () => {
    const refused = configWith(secret?.stringData ?? {})
    const problems = refused.ok ? [] : refused.problems.map((problem) => problem.split(':')[0])
    expect(problems.toSorted()).toEqual(['DATABASE_URL', 'JWT_SECRET_KEY'])
  })

  test('hold no secret in clear, and the manifest replaces none', () => {
    expect(backend.map(({ kind }) => kind)).not.toContain('Secret')
    const names = [...secretNames, 'KAFKA_SASL_PASSWORD'] as readonly string[]
    expect(namesIn('remo.yaml', /([A-Z][A-Z_]+): /g).filter((name) => names.includes(name))).toEqual([])
    expect(read('deploy/kubernetes/remo.yaml')).not.toMatch(/:\/\/[^\s/]*:[^\s/]*@/)
  })

  test('name the same files', () => {
    const files = namesIn('remo.yaml', /\/etc\/remo\/secrets\/(\S+)/g)
    expect(files.toSorted()).toEqual(namesIn('secret.yaml.example', /^ {2}(?:# )?([a-z]+_[a-z_.]+): /gm).toSorted())
    const mounts = pods.flatMap(containersOf).flatMap(({ volumeMounts = [] }) => volumeMounts)
    expect(new Set(mounts.map(({ mountPath }) => mountPath))).toEqual(new Set(['/etc/remo/secrets', '/tmp']))
  })
})

describe('the replicas', () => {
  test('are three, and PostgreSQL has connections for them during an upgrade', () => {
    expect(deployment.spec).toMatchObject({
      replicas: 3,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    })
    const read = configWith(good)
    const each = (read.ok ? read.config.databaseConnections : NaN) + workConnections
    expect((3 + 1) * each).toBeLessThan(97) // PostgreSQL's default of 100 keeps three for superusers
  })

  test('are probed where they answer, and are not restarted because of PostgreSQL or Kafka', () => {
    const served = configWith(good)
    const ports = served.ok ? { http: served.config.port, metrics: served.config.prometheusPort } : {}
    expect(Object.fromEntries((container.ports ?? []).map((port) => [port.name, port.containerPort]))).toEqual(ports)
    const { startupProbe, livenessProbe, readinessProbe } = container
    expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet)).toEqual([
      { path: healthzOperation.path, port: 'http' },
      { path: healthzOperation.path, port: 'http' },
      { path: readyOperation.path, port: 'http' },
    ])
    // a frozen PostgreSQL delays them by twice the 4 s of DependencyProbe
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) expect(probe?.timeoutSeconds).toBeGreaterThan(8)
    expect(replica.metadata.annotations).toMatchObject({
      'prometheus.io/port': String(8001),
      'prometheus.io/path': '/metrics',
    })
  })

  test('are reached by the Service, and the Job is not', () => {
    const labels = replica.metadata.labels
    const job = one('Job').spec.template.metadata.labels
    const selectors = [
      one('Service').spec['selector'],
      ...[deployment, one('PodDisruptionBudget')].map(
        ({ spec }) => (spec['selector'] as { matchLabels: object }).matchLabels,
      ),
      (one('NetworkPolicy').spec['podSelector'] as { matchLabels: object }).matchLabels,
    ] as Array<Record<string, string>>
    const selects = (pod: Record<string, string>) => (selector: Record<string, string>) =>
      Object.entries(selector).every(([name, value]) => pod[name] === value)
    expect(selectors.map(selects(labels))).toEqual(selectors.map(() => true))
    expect(selectors.map(selects(job))).toEqual(selectors.map(() => false))
    expect(one('Service').spec['ports']).toEqual([{ name: 'http', port: 8000, targetPort: 'http' }])
  })

  test('have time to stop before they are killed', () => {
    const [command, seconds] = container.lifecycle?.preStop.exec.command ?? []
    expect([command, Number(seconds) > 0]).toEqual(['sleep', true])
    expect(replica.spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(seconds) + endWithinMs / 1000)
  })

  test('wait for the migration of their version', () => {
    const [migrate] = one('Job').spec.template.spec.containers
    const [wait, ...others] = replica.spec.initContainers ?? []
    expect(others).toEqual([])
    expect([migrate.command, wait?.command]).toEqual([
      ['node', 'src-backend/migrate.ts'],
      ['node', 'src-backend/migrate.ts', '--wait'],
    ])
    expect(new Set([migrate.image, wait?.image, container.image]).size).toBe(1)
    expect(one('Job').metadata.name).toBe(`remo-migrate-${version.replaceAll('.', '-')}`)
  })
})

describe('every pod', () => {
  test('is of this version, from an image that the documentation builds', () => {
    const images = pods.flatMap(containersOf).map(({ image }) => image)
    const built = read('docs/operations.md').matchAll(/docker build --tag (\S+)/g)
    expect(new Set(images)).toEqual(new Set([...built].map(([, tag]) => tag)))
    for (const image of images) expect(image.endsWith(`:${version}`), image).toBe(true)
    const labels = [...backend, ...producer].flatMap(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/version'] ?? [],
    )
    const ofPods = pods.map(({ metadata }) => metadata.labels['app.kubernetes.io/version'])
    expect(new Set([...labels, ...ofPods])).toEqual(new Set([version]))
  })

  test('runs programs that exist', () => {
    const commands = pods
      .flatMap(containersOf)
      .flatMap(({ command, readinessProbe }) => [command, readinessProbe?.exec?.command])
    const programs = commands.flatMap((command) => (command?.[0] === 'node' ? [command[1] ?? ''] : []))
    expect(programs.filter((program) => !existsSync(join(root, program)))).toEqual([])
    expect(programs).toHaveLength(3)
  })

  test('is the user of the image, and may do nothing else', () => {
    for (const file of ['src-backend/Dockerfile', 'producers/Dockerfile']) expect(read(file)).toMatch(/^USER 1000$/m)
    for (const { spec } of pods) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      })
    }
    for (const { securityContext, resources } of pods.flatMap(containersOf)) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(Object.keys(resources.requests)).toEqual(['cpu', 'memory'])
      expect(Object.keys(resources.limits)).toEqual(['memory'])
    }
  })
})

test('the producer sets variables that it reads, and publishes its host', () => {
  const [{ env = [] }] = one('DaemonSet', producer).spec.template.spec.containers
  const named = namesIn('producer.yaml', /name: ([A-Z_]+)/g)
  expect(named).toEqual(expect.arrayContaining(env.map(({ name }) => name)))
  expect(named.filter((name) => !variableNames.includes(name))).toEqual([])
  const set = Object.fromEntries(env.map(({ name, value = 'worker-1.example.com' }) => [name, value]))
  expect(readProducerSettings({ argv: [], env: set, readText: () => '' })).toMatchObject({
    kind: 'run',
    settings: { source: 'host', nodes: [{ id: 'worker-1.example.com', topic: 'metrics-worker-1.example.com' }] },
  })
})
