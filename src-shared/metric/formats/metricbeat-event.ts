import type { Tag } from '../metric-name.ts'
import { isFraction } from './metricbeat-fields.ts'
import { isJsonObject } from './readings.ts'

type Json = Readonly<Record<string, unknown>>

/** Module and metricset of an event: `system` and `cpu`. */
export interface Dataset {
  readonly module: string
  readonly metricset: string
}

/** Numbers and texts of an event. */
export interface EventFields {
  /** Fields with a number, relative to the dataset. */
  readonly names: readonly string[]
  /** Fractions as percentages. */
  readonly values: readonly number[]
  /** Tags that name the series. */
  readonly identity: readonly Tag[]
  readonly attributes: readonly Tag[]
}

/**
 * Texts that name a series, relative to the dataset. Of the rest of the module, only names of objects do, such as the pod
 * of a container.
 */
const naming: ReadonlySet<string> = new Set(['name', 'mount_point', 'interface', 'instance', 'id', 'database', 'topic'])
const namingOfModule =
  /^(?:namespace|(?:pod|container|node|volume|topic|partition|broker|index|queue|database|labels)\.[\w.]+)$/
/** Beside these names, others say the same: images, and identifiers of what has a name. */
const notNaming = /\.(?:id|uid|image|hostname)$|^labels\.(?!\w+$)|^node\.labels/
/** Modules that ask the host itself. */
const ofHost: ReadonlySet<string> = new Set(['system', 'docker', 'kubernetes', 'linux', 'windows'])
/** Objects within objects that are searched for numbers. Metricsets have up to five. */
const depthAtMost = 8
/** Longer texts than this are no names. */
const nameLength = 128
/** Numbers that name the series instead of being one. */
const numbersThatName: ReadonlySet<string> = new Set(['system.core:id'])

/** Module and metricset, as events since 7.0 and before have them. */
export function datasetOf(event: Json): Dataset | undefined {
  const { event: facts, metricset } = event
  const set = isJsonObject(metricset) ? metricset : {}
  const dataset = isJsonObject(facts) ? facts['dataset'] : undefined
  const module = isJsonObject(facts) ? (facts['module'] ?? set['module']) : set['module']
  const [ofDataset, ...rest] = typeof dataset === 'string' ? dataset.split('.') : []
  const moduleName = typeof module === 'string' ? module : ofDataset
  const name = typeof set['name'] === 'string' ? set['name'] : rest.join('.')
  return moduleName === undefined || moduleName === '' ? undefined : { module: moduleName, metricset: name }
}

/** The numbers of a metricset, with what names their series. */
export function fieldsOf(event: Json, { module, metricset }: Dataset): EventFields {
  const ofModule = event[module]
  const content = new EventContent(`${module}.${metricset}`)
  if (isJsonObject(ofModule)) {
    for (const [key, value] of Object.entries(ofModule)) {
      if (key === metricset) content.addSet(value)
      else if (isJsonObject(ofModule[metricset])) content.addOfModule(value, key)
    }
    // Some modules have no level for the metricset.
    if (!(metricset in ofModule)) content.addSet(ofModule)
  }
  content.addTarget(event, module)
  return content
}

class EventContent implements EventFields {
  readonly names: string[] = []
  readonly values: number[] = []
  readonly identity: Tag[] = []
  readonly attributes: Tag[] = []
  readonly #dataset: string

  constructor(dataset: string) {
    this.#dataset = dataset
  }

  /** All leaves of the metricset. */
  addSet(value: unknown): void {
    eachLeaf(value, (path, leaf) => {
      const number = typeof leaf === 'boolean' ? Number(leaf) : leaf
      if (typeof number === 'number') this.#addNumber(path, number)
      else if (typeof number === 'string') this.#addText(path, number)
    })
  }

  /** Names beside the metricset: `pod.name`, `namespace`, and labels of Prometheus. */
  addOfModule(value: unknown, key: string): void {
    eachLeaf(value, (path, leaf) => {
      const name = path === '' ? key : `${key}.${path}`
      const isName = typeof leaf === 'string' && leaf.length <= nameLength
      if (isName && namingOfModule.test(name) && !notNaming.test(name)) this.identity.push([name, leaf])
    })
  }

  /** What the metricset was asked of: a process, a container, or a server that is not the host itself. */
  addTarget(event: Json, module: string): void {
    this.#addNamed('process.name', textAt(event, 'process', 'name'))
    this.#addNamed('process.pid', textAt(event, 'process', 'pid'))
    this.#addNamed('container', textAt(event, 'container', 'name'))
    // Those of the others are sockets and nodes, of which a host has one.
    if (ofHost.has(module)) return
    this.#addNamed('address', textAt(event, 'service', 'address') ?? textAt(event, 'metricset', 'host'))
  }

  #addNamed(key: string, name: string | undefined): void {
    if (name !== undefined && name !== '') this.identity.push([key, name])
  }

  #addNumber(path: string, number: number): void {
    const value = isFraction(path) ? percentOf(number) : number
    if (numbersThatName.has(`${this.#dataset}:${path}`)) {
      this.identity.push([path, String(number)])
    } else if (Number.isFinite(value)) {
      this.names.push(path)
      this.values.push(value)
    }
  }

  #addText(path: string, text: string): void {
    const isLabel = path.startsWith('labels.') || path.startsWith('label.')
    if ((naming.has(path) || isLabel) && text !== '' && text.length <= nameLength) this.identity.push([path, text])
    else if (!path.includes('.')) this.attributes.push([path, text])
  }
}

/** Beats round fractions to four digits; the product of doubles has more. */
function percentOf(fraction: number): number {
  return Math.round(fraction * 1e8) / 1e6
}

/** A text, or a number as text, in an object of the event. */
function textAt(event: Json, object: string, key: string): string | undefined {
  const within = event[object]
  const value = isJsonObject(within) ? within[key] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** Calls `visit` for each value in the object that is no object, with its path. Objects below a limit are left out. */
function eachLeaf(value: unknown, visit: (path: string, leaf: unknown) => void): void {
  const within = (at: string, found: unknown, depth: number): void => {
    if (!isJsonObject(found)) {
      if (!Array.isArray(found)) visit(at, found)
    } else if (depth < depthAtMost) {
      for (const key of Object.keys(found)) within(at === '' ? key : `${at}.${key}`, found[key], depth + 1)
    }
  }
  within('', value, 0)
}
