import { createHash } from 'node:crypto'
import { Enums, Models, Serialize, SPDX, Spec } from '@cyclonedx/cyclonedx-library'
import type { BundledPackage } from '../../src-shared/license/bundled-package.ts'
import type { RuntimeVersions } from './app-contents.ts'
import type { LockedCopy } from './lockfile.ts'
import { ffmpeg, type RuntimeComponent, runtimeComponents } from './runtime-components.ts'

/** What a bill of materials is made of. The same facts give the same bytes. */
export interface SbomFacts {
  readonly version: string
  readonly commit: string
  /** Epoch seconds. */
  readonly atSeconds: number
  /** As the file name has it, such as `linux-x64`. */
  readonly platform: string
  /** What is in the app. */
  readonly packages: readonly BundledPackage[]
  /** By `name version`. */
  readonly locked: ReadonlyMap<string, LockedCopy>
  /** Names of the packages that package.json asks for. */
  readonly direct: ReadonlySet<string>
  readonly runtime: RuntimeVersions
  /** SHA-256 of Electron's own archive, in hexadecimal digits; `undefined` for another runtime than it. */
  readonly runtimeSha256?: string
  readonly libraryVersion: string
}

const { Component, LicenseExpression, NamedLicense, SpdxLicense } = Models
const { ComponentType, HashAlgorithm } = Enums

/** The bill of materials of the app: CycloneDX 1.6 as JSON, sorted. */
export function sbom(facts: SbomFacts): string {
  const app = component(ComponentType.Application, 'remo', {
    version: facts.version,
    license: 'MIT',
    purl: `pkg:generic/remo@${facts.version}`,
  })
  app.properties.add(new Models.Property('remo:commit', facts.commit))
  app.properties.add(new Models.Property('remo:platform', facts.platform))
  const bom = new Models.Bom({ serialNumber: serialNumber(facts) })
  bom.metadata.component = app
  bom.metadata.timestamp = new Date(facts.atSeconds * 1000)
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.Build)
  const tool = component(ComponentType.Library, 'cyclonedx-library', {
    group: '@cyclonedx',
    version: facts.libraryVersion,
    license: 'Apache-2.0',
    purl: npmUrl('@cyclonedx/cyclonedx-library', facts.libraryVersion),
  })
  bom.metadata.tools.components.add(tool)
  addPackages(bom, app, facts)
  const serializer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  return `${new Serialize.JsonSerializer(serializer).serialize(bom, { sortLists: true, space: 1 })}\n`
}

function addPackages(bom: Models.Bom, app: Models.Component, facts: SbomFacts): void {
  const components = new Map<string, Models.Component>()
  for (const one of facts.packages.filter(({ name }) => name !== 'electron' && name !== 'SQLite')) {
    components.set(`${one.name} ${one.version}`, npmComponent(one, facts.locked.get(`${one.name} ${one.version}`)))
  }
  const needed = new Set<string>()
  for (const [key, one] of components) {
    for (const need of facts.locked.get(key)?.needs ?? []) {
      const other = components.get(need)
      if (!other) continue // a dependency of which nothing came into the bundle
      one.dependencies.add(other.bomRef)
      needed.add(need)
    }
  }
  const sqlite = sqliteComponent(facts, components)
  for (const [key, one] of components) {
    if (facts.direct.has(key.split(' ')[0] ?? '') || !needed.has(key)) app.dependencies.add(one.bomRef)
  }
  const electron = electronComponent(facts)
  app.dependencies.add(electron.bomRef)
  for (const one of [...components.values(), ...sqlite, electron]) bom.components.add(one)
}

function npmComponent({ name, version, license }: BundledPackage, copy: LockedCopy | undefined): Models.Component {
  const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name]
  const purl = npmUrl(name, version)
  const made = component(ComponentType.Library, own ?? name, { version, license, purl, ...(group && { group }) })
  if (copy?.sha512 !== undefined) made.hashes.set(HashAlgorithm['SHA-512'], copy.sha512)
  return made
}

/** Compiled into better-sqlite3. */
function sqliteComponent(facts: SbomFacts, components: ReadonlyMap<string, Models.Component>): Models.Component[] {
  return facts.packages
    .filter(({ name }) => name === 'SQLite')
    .map(({ name, version, license }) => {
      const made = generic({ name, license, purl: 'sqlite', cpe: 'sqlite:sqlite' }, version)
      for (const [key, one] of components) if (key.startsWith('better-sqlite3 ')) one.dependencies.add(made.bomRef)
      return made
    })
}

function electronComponent({ runtime, runtimeSha256 }: SbomFacts): Models.Component {
  const electron = component(ComponentType.Framework, 'electron', {
    version: runtime.electron,
    license: 'MIT',
    purl: npmUrl('electron', runtime.electron),
    cpe: `cpe:2.3:a:electronjs:electron:${runtime.electron}:*:*:*:*:*:*:*`,
  })
  if (runtimeSha256 !== undefined) electron.hashes.set(HashAlgorithm['SHA-256'], runtimeSha256)
  for (const [key, one] of Object.entries(runtimeComponents)) {
    const version = runtime[key]
    if (version !== undefined) electron.components.add(generic(one, version))
  }
  electron.components.add(generic(ffmpeg, undefined))
  for (const inner of electron.components) electron.dependencies.add(inner.bomRef)
  return electron
}

function generic({ name, license, purl, cpe }: RuntimeComponent, version: string | undefined): Models.Component {
  return component(ComponentType.Library, name, {
    license,
    purl: `pkg:generic/${purl}${version === undefined ? '' : `@${encodeURIComponent(version)}`}`,
    ...(version !== undefined && { version }),
    ...(cpe && version !== undefined && { cpe: `cpe:2.3:a:${cpe}:${version}:*:*:*:*:*:*:*` }),
  })
}

interface ComponentFacts {
  readonly version?: string
  readonly group?: string
  readonly license: string
  readonly purl: string
  readonly cpe?: string
}

/** A part with its package URL as its reference. */
function component(type: Enums.ComponentType, name: string, facts: ComponentFacts): Models.Component {
  const { license, purl, ...rest } = facts
  const made = new Component(type, name, { ...rest, purl, bomRef: purl })
  made.licenses.add(licenseOf(license))
  return made
}

function licenseOf(license: string): Models.License {
  if (SPDX.isSupportedSpdxId(license)) return new SpdxLicense(license)
  return / (OR|AND) /.test(license) ? new LicenseExpression(license) : new NamedLicense(license)
}

function npmUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`
}

/** A UUID of version 8 over what the bill is about: the same for each run over one commit and platform. */
function serialNumber({ version, commit, platform, packages, runtime }: SbomFacts): string {
  const about = [version, commit, platform, runtime.electron, ...packages.map((one) => `${one.name} ${one.version}`)]
  const hex = createHash('sha256').update(about.join('\n')).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8'
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ]
  return `urn:uuid:${groups.join('-')}`
}
