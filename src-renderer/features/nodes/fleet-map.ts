import type { FleetRow } from './fleet.svelte.ts'

/** Nodes whose names begin alike. */
export interface MapGroup {
  /** '' if nodes are not grouped. */
  readonly label: string
  readonly nodes: readonly FleetRow[]
}

/** One line of tiles. */
export interface MapLine {
  /** On the first line of a group. */
  readonly group?: MapGroup
  readonly nodes: readonly FleetRow[]
  /** Pixels. */
  readonly height: number
}

/**
 * What a tile shows: only the shape of a state; a short name and one value; its name and two values; or all values.
 */
export type TileContent = 'shape' | 'short' | 'full' | 'values'

export interface MapLayout {
  readonly content: TileContent
  readonly columns: number
  /** Pixels, with the space between tiles. */
  readonly tileHeight: number
  readonly groups: readonly MapGroup[]
  readonly lines: readonly MapLine[]
}

/** Pixels. */
export const groupLabelWidth = 104
/** Name, number of nodes, and counts. */
const leastGroupHeight = 54
const groupGap = 8
const leastTile = 20
const widestTile = 380
/** Contents by the width of a tile: least height of a line, and the height up to which it grows. */
const contents: ReadonlyArray<{ content: TileContent; from: number; height: number; highest: number }> = [
  { content: 'values', from: 232, height: 100, highest: 200 },
  { content: 'full', from: 136, height: 54, highest: 96 },
  { content: 'short', from: 56, height: 40, highest: 58 },
]
const fewestGroups = 2
const mostGroups = 12
/** Smaller groups would only waste lines. */
const averageGroup = 4

/** The part of a name before its number: `web-` of `web-117`. */
function prefixOf(id: string): string {
  return /^\D*/.exec(id)?.[0] ?? ''
}

/** Nodes by the beginning of their names, the largest group first; `undefined` where that gives no useful groups. */
function groupsOf(nodes: readonly FleetRow[]): readonly MapGroup[] | undefined {
  const byPrefix = new Map<string, FleetRow[]>()
  for (const node of nodes) {
    const prefix = prefixOf(node.id)
    const group = byPrefix.get(prefix)
    if (group) group.push(node)
    else byPrefix.set(prefix, [node])
  }
  const isUseful =
    byPrefix.size >= fewestGroups && byPrefix.size <= mostGroups && nodes.length >= averageGroup * byPrefix.size
  if (!isUseful) return undefined
  return [...byPrefix]
    .map(([prefix, group]) => ({ label: prefix.replace(/[-_.\s]+$/, '') || 'Other', nodes: group }))
    .sort((a, b) => b.nodes.length - a.nodes.length || (a.label < b.label ? -1 : 1))
}

/** Names without the part that all nodes beside them share. */
export function shortNames(groups: readonly MapGroup[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { nodes } of groups) {
    const prefix = prefixOf(nodes[0]?.id ?? '')
    const isShared = nodes.every(({ id }) => id.startsWith(prefix) && id.length > prefix.length)
    for (const { id } of nodes) names.set(id, isShared ? id.slice(prefix.length) : id)
  }
  return names
}

/**
 * The largest tiles with which all nodes are in view, grouped by name. Where not even the smallest fit, there are no
 * groups and the list scrolls: then the worst nodes are at its top. `nodes`: worst first.
 */
export function mapLayout(
  area: { readonly width: number; readonly height: number },
  nodes: readonly FleetRow[],
): MapLayout {
  const flat: readonly MapGroup[] = [{ label: '', nodes }]
  const grouped = groupsOf(nodes)
  const withGroups = grouped && largestThatFits({ ...area, width: area.width - groupLabelWidth }, grouped)
  const smallest = (): MapLayout => ({
    content: 'shape',
    ...layoutOf(flat, Math.floor(area.width / leastTile), leastTile),
  })
  return withGroups ?? largestThatFits(area, flat) ?? smallest()
}

function largestThatFits(
  { width, height }: { readonly width: number; readonly height: number },
  groups: readonly MapGroup[],
): MapLayout | undefined {
  for (let columns = Math.max(1, Math.ceil(width / widestTile)); width / columns >= leastTile; columns++) {
    const tile = width / columns
    const kind = contents.find(({ from }) => tile >= from)
    const least = kind?.height ?? tile
    if (heightOf(groups, columns, least) > height) continue
    const lines = groups.reduce((sum, { nodes }) => sum + Math.ceil(nodes.length / columns), 0)
    const most = kind?.highest ?? tile
    // Lines share what is left, as long as the groups still fit.
    const grown = Math.floor(Math.min(most, (height - groups.length * groupGap) / Math.max(1, lines)))
    const line = heightOf(groups, columns, grown) <= height ? Math.max(least, grown) : least
    return { content: kind?.content ?? 'shape', ...layoutOf(groups, columns, line) }
  }
  return undefined
}

function heightOf(groups: readonly MapGroup[], columns: number, line: number): number {
  if (groups.length === 1) return Math.ceil((groups[0]?.nodes.length ?? 0) / columns) * line
  return groups.reduce(
    (sum, { nodes }) => sum + Math.max(leastGroupHeight, Math.ceil(nodes.length / columns) * line) + groupGap,
    0,
  )
}

function layoutOf(groups: readonly MapGroup[], columns: number, height: number): Omit<MapLayout, 'content'> {
  const perLine = Math.max(1, columns)
  const lines = groups.flatMap((group) => {
    const own: MapLine[] = []
    for (let i = 0; i < group.nodes.length; i += perLine)
      own.push({ nodes: group.nodes.slice(i, i + perLine), height, ...(i === 0 ? { group } : {}) })
    const last = own.pop()
    if (last === undefined || groups.length === 1) return last ? [...own, last] : own
    const rest = Math.max(0, leastGroupHeight - (own.length + 1) * height)
    return [...own, { ...last, height: height + rest + groupGap }]
  })
  return { columns: perLine, tileHeight: height, groups, lines }
}

/** The node that a key selects. Up and down go to the same place in the next line, or to its last tile. */
export function movedOnMap(lines: readonly MapLine[], selected: string | undefined, key: string): string | undefined {
  const row = lines.findIndex(({ nodes }) => nodes.some(({ id }) => id === selected))
  const line = lines[row]
  if (line === undefined) return lines[0]?.nodes[0]?.id
  const place = line.nodes.findIndex(({ id }) => id === selected)
  const page = 6
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }
  const step = steps[key]
  if (step === undefined) return undefined
  const next = lines[Math.min(lines.length - 1, Math.max(0, row + step))] ?? line
  return next.nodes[Math.min(place, next.nodes.length - 1)]?.id
}
