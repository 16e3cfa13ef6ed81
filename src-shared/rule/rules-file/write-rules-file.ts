import { Document, type Node } from 'yaml'
import { isOfflineRule, metricOfRule, type RuleDraft } from '../rule.ts'
import { scopeText } from '../rule-scope.ts'
import { anyTagsOf, ruleSubject } from '../rule-subject.ts'
import {
  allNodes,
  anyTagsName,
  fileFields,
  fileKeysOf,
  noValue,
  offlineName,
  type FileKey,
  type FileValue,
} from './file-fields.ts'

type Written = Record<string, unknown>

/**
 * The rules as a file that `parseRulesFile` reads: those for all nodes with their overrides under them. An override has
 * only what differs. The same rules give the same text, in whatever order they come, so that it can live in Git.
 */
export function writeRulesFile(rules: readonly RuleDraft[]): string {
  const ordered = rules.toSorted(inFileOrder)
  const subjects = [...new Set(ordered.map(ruleSubject))]
  const items = subjects.flatMap((subject) => itemsOf(ordered.filter((rule) => ruleSubject(rule) === subject)))
  if (items.length === 0) return '# Rules of ReMo\n[]\n'
  const document = new Document(items)
  document.commentBefore = ' Rules of ReMo. Levels are in the unit of the metric.'
  const list = document.contents as unknown as { readonly items: Node[] }
  list.items.slice(1).forEach((item) => (item.spaceBefore = true))
  return document.toString({ lineWidth: 0 })
}

function itemsOf(rules: readonly RuleDraft[]): Written[] {
  const general = rules.find(({ scope }) => scope.kind === 'all')
  const others = rules.filter((rule) => rule !== general)
  if (!general) return others.map(ruleItem)
  const overrides = others.map((rule) => ({ ...targetOf(rule), ...differing(rule, general) }))
  return [{ ...ruleItem(general), ...(overrides.length === 0 ? {} : { overrides }) }]
}

function ruleItem(rule: RuleDraft): Written {
  const metric = isOfflineRule(rule) ? offlineName : rule.metric
  const any = anyTagsOf(rule)
  const tags = any.length === 0 ? {} : { [anyTagsName]: any.length === 1 ? any[0] : any }
  return { metric, ...tags, ...targetOf(rule), ...fieldsOf(rule, (key, value) => value === withoutField(key)) }
}

function targetOf({ scope }: RuleDraft): Written {
  if (scope.kind === 'all') return { nodes: allNodes }
  if (scope.kind === 'node') return { node: scope.nodeId }
  // A pattern with the text of the keyword means the same in brackets.
  return { nodes: scope.pattern === allNodes ? `(?:${allNodes})` : scope.pattern }
}

function differing(rule: RuleDraft, general: RuleDraft): Written {
  const [own, wider] = [valuesOf(rule), valuesOf(general)]
  const isTurned = own.condition !== wider.condition
  const written = fieldsOf(rule, (key, value) => {
    const copied = !(isTurned && fileFields[key].canBeNone) && key !== 'noDataSeconds'
    return copied && value === (wider[key] ?? withoutField(key))
  })
  const without = fileKeysOf(isOfflineRule(rule) ? 'offline' : 'metric').flatMap((key): Array<[string, unknown]> => {
    if (own[key] !== undefined || wider[key] === undefined) return []
    if (fileFields[key].canBeNone) return isTurned ? [] : [[fileFields[key].name, noValue]]
    const { name, unset, write } = fileFields[key]
    return unset === undefined || wider[key] === unset ? [] : [[name, write(unset)]]
  })
  return { ...written, ...Object.fromEntries(without) }
}

function withoutField(key: FileKey): FileValue | undefined {
  return fileFields[key].absent ?? fileFields[key].unset
}

/** The fields in the order of a file, without those that `isLeftOut`. */
function fieldsOf(rule: RuleDraft, isLeftOut: (key: FileKey, value: FileValue) => boolean): Written {
  const values = valuesOf(rule)
  const entries = fileKeysOf(isOfflineRule(rule) ? 'offline' : 'metric').flatMap((key) => {
    const value = values[key]
    return value === undefined || isLeftOut(key, value) ? [] : [[fileFields[key].name, fileFields[key].write(value)]]
  })
  return Object.fromEntries(entries) as Written
}

type Values = { readonly [key in FileKey]?: FileValue | undefined }

function valuesOf(rule: RuleDraft): Values {
  return rule
}

const widths = { all: 0, pattern: 1, node: 2 } as const

function inFileOrder(a: RuleDraft, b: RuleDraft): number {
  const byText = (x: string, y: string): number => (x === y ? 0 : x < y ? -1 : 1)
  return (
    byText(metricOfRule(a), metricOfRule(b)) ||
    byText(ruleSubject(a), ruleSubject(b)) ||
    widths[a.scope.kind] - widths[b.scope.kind] ||
    byText(scopeText(a.scope), scopeText(b.scope))
  )
}
