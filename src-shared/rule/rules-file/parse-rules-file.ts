import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type YAMLMap } from 'yaml'
import type { z } from 'zod'
import { nearestName } from '../../format/nearest-name.ts'
import { schemaMessage } from '../../format/schema-message.ts'
import { shownText } from '../../format/shown-text.ts'
import { compilePattern } from '../../pattern/linear-pattern.ts'
import { rangeProblems } from '../level-range.ts'
import { isOfflineRule, MetricRuleDraft, OfflineRuleDraft, type RuleDraft, type RuleScope } from '../rule.ts'
import { ruleTargetKey, scopeText } from '../rule-scope.ts'
import { ruleTargetText } from '../rule-text.ts'
import {
  allNodes,
  anyTagsName,
  fileFields,
  fileKeysOf,
  mostFileRules,
  noValue,
  offlineName,
  type FileKey,
  type FileValue,
} from './file-fields.ts'

/** The longest file, characters. */
export const longestRulesFile = 1_000_000
/** More problems than a person reads. */
const mostProblems = 100

/** What is wrong, as a sentence, and where. Lines and columns count from 1. */
export interface FileProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** A rule of a file and the line where it begins. */
export interface FileRule {
  readonly draft: RuleDraft
  readonly line: number
}

export type RulesFile =
  | { readonly ok: true; readonly rules: readonly FileRule[] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

/**
 * Reads a file of rules: a YAML list. Each item has `metric`, `nodes` (`all` or a pattern) or `node` (an id), levels and
 * durations, and `overrides`, whose items have only what differs. All problems are returned, not only the first.
 * Anchors, aliases and tags are refused, so no file grows while it is read.
 */
export function parseRulesFile(text: string): RulesFile {
  if (text.length > longestRulesFile) return failed('The file is too large. It may have 1,000,000 characters.')
  try {
    return new RulesFileReader(text).read()
  } catch (cause) {
    // The parser is recursive: brackets in brackets by the thousands.
    if (cause instanceof RangeError) return failed('The file is nested too deep.')
    throw cause
  }
}

function failed(message: string): RulesFile {
  return { ok: false, problems: [{ line: 1, column: 1, message }] }
}

type Kind = 'metric' | 'offline'

/** One item of the list, or an override of it. */
interface Item {
  readonly node: Node
  readonly kind: Kind
  readonly metric: string
  /** Empty for a rule about one series, or about offline nodes. */
  readonly anyTags: readonly string[]
  readonly scope: RuleScope | undefined
  readonly values: Readonly<Partial<Record<FileKey, FileValue>>>
  readonly places: ReadonlyMap<string, Node>
  /** A field has a problem, so the rule is not checked as a whole. */
  readonly isBroken: boolean
}

const targetNames = ['metric', 'nodes', 'node', 'overrides']
const metricTargetNames = ['metric', anyTagsName, 'nodes', 'node', 'overrides']
const overrideTargetNames = ['nodes', 'node']
/** What an override has from its rule without saying so. It inherits the no-data time while it is evaluated. */
const notCopied: ReadonlySet<FileKey> = new Set(['noDataSeconds'])
const levelKeys: ReadonlySet<FileKey> = new Set(['warning', 'critical', 'clear'])

class RulesFileReader {
  readonly #lines = new LineCounter()
  readonly #document: Document
  readonly #problems: FileProblem[] = []
  readonly #rules: FileRule[] = []
  readonly #lineOfTarget = new Map<string, number>()

  constructor(text: string) {
    const options = { lineCounter: this.#lines, prettyErrors: false, strict: true, uniqueKeys: true, merge: false }
    this.#document = parseDocument(text, { ...options, version: '1.2', schema: 'core' })
  }

  read(): RulesFile {
    // The first one: the others follow from it.
    for (const { message, pos } of [...this.#document.errors, ...this.#document.warnings].slice(0, 1)) {
      this.#problemAt(pos[0], `This is not valid YAML: ${message.replace(/\.$/, '')}.`)
    }
    if (this.#problems.length === 0) this.#refuseReferences()
    if (this.#problems.length === 0) this.#readList(this.#document.contents)
    const problems = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    return problems.length > 0
      ? { ok: false, problems: problems.slice(0, mostProblems) }
      : { ok: true, rules: this.#rules }
  }

  #refuseReferences(): void {
    visit(this.#document, {
      Alias: (_, node) => this.#problem(node, 'Aliases are not supported. Write the value again.'),
      Value: (_, node) => {
        if (node.anchor !== undefined) this.#problem(node, 'Anchors are not supported. Write the value again.')
        if (node.tag !== undefined) this.#problem(node, 'Tags are not supported.')
      },
    })
  }

  #readList(contents: unknown): void {
    if (contents === null || (isScalar(contents) && contents.value === null)) return
    if (!isSeq(contents)) {
      this.#problemAt(0, 'Write a list of rules. Each begins with "- metric: ".')
      return
    }
    for (const item of contents.items) {
      if (this.#rules.length >= mostFileRules) {
        this.#problem(item as Node, 'There are too many rules. A file may have 5,000.')
        return
      }
      this.#readRule(item as Node)
    }
  }

  #readRule(node: Node): void {
    const map = this.#mapOf(node, 'Write a rule here: "metric: ", "nodes: " and its levels.')
    if (!map) return
    const places = this.#placesOf(map)
    const metric = this.#metricOf(map, places)
    if (metric === undefined) return
    const kind: Kind = metric === offlineName ? 'offline' : 'metric'
    const names = kind === 'metric' ? metricTargetNames : targetNames
    const item = this.#item(map, { kind, metric, places, names })
    const absent = Object.fromEntries(
      fileKeysOf(kind).flatMap((key) => (fileFields[key].absent === undefined ? [] : [[key, fileFields[key].absent]])),
    )
    const rule = { ...item, values: { ...absent, ...item.values } }
    if (kind === 'offline' && rule.values.seconds === undefined && !places.has('no_sample_for')) {
      this.#problem(map, 'Write no_sample_for: how long a node sends nothing, such as 60s.')
    } else this.#add(rule)
    const overrides = places.get('overrides')
    if (overrides === undefined) return
    if (!isSeq(overrides))
      this.#problem(overrides, 'Write a list of overrides. Each begins with "- nodes: " or "- node: ".')
    else for (const override of overrides.items) this.#readOverride(override as Node, rule)
  }

  #readOverride(node: Node, rule: Item): void {
    const map = this.#mapOf(node, 'Write an override here: "nodes: " or "node: ", and what differs.')
    if (!map) return
    const { kind, metric, anyTags } = rule
    const item = this.#item(map, { kind, metric, anyTags, places: this.#placesOf(map), names: overrideTargetNames })
    if (rule.isBroken) return
    const turned = item.values.condition !== undefined && item.values.condition !== rule.values.condition
    const copied = Object.entries(rule.values).filter(
      ([key]) => !notCopied.has(key as FileKey) && !(turned && levelKeys.has(key as FileKey)),
    )
    const values = Object.entries({ ...Object.fromEntries(copied), ...item.values }).filter(
      ([, value]) => value !== noValue,
    )
    if (rule.scope?.kind !== 'all' && rule.scope) this.#problem(map, 'Only a rule for all nodes has overrides.')
    else this.#add({ ...item, values: Object.fromEntries(values) })
  }

  #item(
    map: YAMLMap,
    {
      names,
      ...known
    }: Pick<Item, 'kind' | 'metric' | 'places'> &
      Partial<Pick<Item, 'anyTags'>> & { readonly names: readonly string[] },
  ): Item {
    const isOverride = names === overrideTargetNames
    const before = this.#problems.length
    const values: Partial<Record<FileKey, FileValue>> = {}
    const keys = new Map(fileKeysOf(known.kind).map((key) => [fileFields[key].name, key]))
    for (const [name, node] of known.places) {
      const key = keys.get(name)
      if (key === undefined) {
        if (!names.includes(name)) this.#unknown(map, name, [...names, ...keys.keys()])
        continue
      }
      const field = fileFields[key]
      const raw = isScalar(node) ? node.value : undefined
      const value = isOverride && field.canBeNone && raw === noValue ? noValue : field.read(raw)
      if (value === undefined) this.#problem(node, `${name}: ${field.expected}`)
      else values[key] = value
    }
    const anyTags = known.anyTags ?? this.#anyTagsOf(known.places)
    const scope = this.#scopeOf(map, known.places)
    return { ...known, anyTags, node: map, scope, values, isBroken: this.#problems.length > before }
  }

  #metricOf(map: YAMLMap, places: ReadonlyMap<string, Node>): string | undefined {
    const node = places.get('metric')
    if (node === undefined) this.#problem(map, 'Write the metric, such as cpu_usage, or node_offline.')
    return node && this.#textOf(node, 'metric')
  }

  #anyTagsOf(places: ReadonlyMap<string, Node>): readonly string[] {
    const node = places.get(anyTagsName)
    if (node === undefined) return []
    const names = (isSeq(node) ? node.items : [node]).map((item) => (isScalar(item) ? item.value : undefined))
    const tags = names.filter((name): name is string => typeof name === 'string' && name !== '')
    if (tags.length === 0 || tags.length !== names.length)
      this.#problem(node, `${anyTagsName}: Write the name of a tag, such as path, or a list of names.`)
    return tags
  }

  #scopeOf(map: YAMLMap, places: ReadonlyMap<string, Node>): RuleScope | undefined {
    const [nodes, one] = [places.get('nodes'), places.get('node')]
    if ((nodes === undefined) === (one === undefined)) {
      this.#problem(map, 'Write nodes: with all or a pattern of ids, or node: with one id.')
      return undefined
    }
    if (one !== undefined) {
      const nodeId = this.#textOf(one, 'node')
      return nodeId === undefined ? undefined : { kind: 'node', nodeId }
    }
    const text = nodes && this.#textOf(nodes, 'nodes')
    if (text === undefined || nodes === undefined) return undefined
    if (text === allNodes) return { kind: 'all' }
    const compiled = compilePattern(text)
    if (compiled.ok) return { kind: 'pattern', pattern: text }
    this.#problem(nodes, `nodes: ${compiled.problem}`)
    return undefined
  }

  #textOf(node: Node, name: string): string | undefined {
    const value = isScalar(node) ? node.value : undefined
    if (typeof value === 'string' && value !== '') return value
    const isOther = isScalar(node) && value !== null && value !== ''
    this.#problem(node, isOther ? `${name}: Put this text in quotes.` : `${name}: Write a text.`)
    return undefined
  }

  /** Checks a rule as a whole, and its place among the others. */
  #add(item: Item): void {
    const draft = this.#draftOf(item)
    if (!draft) return
    const line = this.#lineOf(item.node)
    const target = ruleTargetKey(draft)
    const first = this.#lineOfTarget.get(target)
    if (first !== undefined) {
      const what = isOfflineRule(draft) ? offlineName : ruleTargetText(draft)
      const where = `${what} on ${scopeText(draft.scope)}`
      this.#problem(placeOf(item, 'scope'), `A rule for ${where} is already in line ${first}.`)
    } else this.#lineOfTarget.set(target, line)
    this.#rules.push({ draft, line })
  }

  #draftOf(item: Item): RuleDraft | undefined {
    const { kind, scope, metric, anyTags, values } = item
    if (!scope || item.isBroken) return undefined
    const named = anyTags.length === 0 ? { metric } : { metric, anyTags }
    const draft = kind === 'offline' ? { kind, scope, ...values } : { scope, ...named, ...values }
    const parsed = (kind === 'offline' ? OfflineRuleDraft : MetricRuleDraft).safeParse(draft, { error: schemaMessage })
    if (!parsed.success) {
      for (const issue of parsed.error.issues) this.#problem(placeOf(item, issue.path[0]), sentenceOf(issue))
      return undefined
    }
    const outside = isOfflineRule(parsed.data) ? [] : rangeProblems(parsed.data)
    for (const { field, message } of outside) this.#problem(placeOf(item, field), message)
    return parsed.data
  }

  #placesOf(map: YAMLMap): Map<string, Node> {
    const places = new Map<string, Node>()
    for (const { key, value } of map.items) {
      if (isScalar(key) && typeof key.value === 'string') places.set(key.value, (value ?? key) as Node)
      else this.#problem(key as Node, 'Write the name of a field here.')
    }
    return places
  }

  #unknown(map: YAMLMap, name: string, known: readonly string[]): void {
    const key = map.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key as Node
    const near = nearestName(name, known)
    const advice = near === undefined ? `The fields here are ${known.join(', ')}.` : `Did you mean ${near}?`
    this.#problem(key, `Unknown field ${shownText(name)}. ${advice}`)
  }

  #mapOf(node: Node, expected: string): YAMLMap | undefined {
    if (isMap(node)) return node
    this.#problem(node, expected)
    return undefined
  }

  #problem(node: Node | null | undefined, message: string): void {
    this.#problemAt(node?.range?.[0] ?? 0, message)
  }

  #problemAt(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset)
    this.#problems.push({ line: Math.max(1, line), column: Math.max(1, col), message })
  }

  #lineOf(node: Node): number {
    return Math.max(1, this.#lines.linePos(node.range?.[0] ?? 0).line)
  }
}

/** Where the value of a key is written; the rule itself where it is not. */
function placeOf({ places, node }: Item, key: PropertyKey | undefined): Node {
  const scope = places.has('node') ? 'node' : 'nodes'
  const name = key === 'scope' ? scope : key === 'anyTags' ? anyTagsName : (fieldOf(key)?.name ?? String(key))
  return places.get(name) ?? node
}

function sentenceOf({ code, message, path }: z.core.$ZodIssue): string {
  const field = fieldOf(path[0])
  return code === 'custom' || !field ? message : `${field.name}: ${field.expected}`
}

function fieldOf(key: PropertyKey | undefined): { readonly name: string; readonly expected: string } | undefined {
  return Object.hasOwn(fileFields, key ?? '') ? fileFields[key as FileKey] : undefined
}
