import { shownText } from '#shared/format/shown-text.ts'
import { metricInfo, type MetricInfo } from '#shared/metric/metric-info.ts'
import { parseMetricName } from '#shared/metric/metric-name.ts'

/** A metric that the node sends. */
export interface NodeMetric {
  readonly name: string
  readonly unit: string
  /** In the directory. */
  readonly index: number
}

/** One series of the node. */
export interface SeriesItem {
  readonly name: string
  /** Of its metric in the directory. */
  readonly index: number
  readonly info: MetricInfo
  /** `disk.used_percent`: what a list without groups shows. */
  readonly base: string
  readonly field: string
  /** Values of the tags: `/var`; '' without tags. */
  readonly tags: string
  /** What the filter looks at, in small letters. */
  readonly searched: string
}

/** The series of one measurement. */
export interface SeriesGroup {
  /** Begins with a letter and has no spaces: ids of rows begin with it. */
  readonly id: string
  readonly title: string
  readonly series: readonly SeriesItem[]
  /** Texts of the tag sets, if each has several fields: then one set is shown at a time. Else empty. */
  readonly chips: readonly string[]
  readonly tagSets: number
}

export type SeriesRow =
  | {
      readonly kind: 'heading'
      readonly id: string
      readonly group: string
      readonly title: string
      readonly note: string
      readonly count: number
      readonly isFolded: boolean
    }
  | {
      readonly kind: 'chips'
      readonly id: string
      readonly group: string
      readonly chips: readonly string[]
      readonly chosen: string
      /** Chips that are not shown yet. */
      readonly more: number
    }
  | {
      readonly kind: 'series'
      readonly id: string
      readonly item: SeriesItem
      readonly isInPinned: boolean
      /** A chip above says the tags. */
      readonly hasChips: boolean
    }
  | { readonly kind: 'more'; readonly id: string; readonly group: string; readonly count: number }

/** What the operator did to the list. */
export interface SeriesListState {
  readonly filter: string
  /** By id of a group: the chip. */
  readonly chosen: ReadonlyMap<string, string>
  readonly folded: ReadonlySet<string>
  /** Groups with all of their rows. */
  readonly unfolded: ReadonlySet<string>
  /** Groups with all of their chips. */
  readonly allChips: ReadonlySet<string>
  /** Room for chips, in pixels. */
  readonly width: number
}

export interface SeriesListView {
  readonly rows: readonly SeriesRow[]
  readonly matched: number
  readonly total: number
  /** Groups without a match, with the number of their series. */
  readonly without: ReadonlyArray<{ readonly title: string; readonly count: number }>
}

type Chips = Extract<SeriesRow, { readonly kind: 'chips' }>

const collator = new Intl.Collator('en', { numeric: true })
/** Rows of a group before "4 more". */
const rowsAtFirst = 6
/** Of one character of a chip, its padding and the gap after it. Pixels. */
const [characterWidth, chipPadding, moreWidth] = [6, 24, 64] as const
const longestChip = 180

export const pinnedGroup = 'pinned'

/** Groups of the series of a node by measurement, in the order of their names; those without one at the end. */
export function seriesGroups(metrics: readonly NodeMetric[]): SeriesGroup[] {
  const byMeasurement = new Map<string, SeriesItem[]>()
  for (const metric of metrics) {
    const { measurement } = parseMetricName(metric.name)
    const own = byMeasurement.get(measurement) ?? []
    byMeasurement.set(measurement, own)
    own.push(anItem(metric))
  }
  return [...byMeasurement]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || collator.compare(a, b))
    .map(([measurement, own], place) => aGroup(measurement, own, place))
}

function aGroup(measurement: string, series: readonly SeriesItem[], place: number): SeriesGroup {
  const tagSets = [...new Set(series.map(({ tags }) => tags))].sort((a, b) => collator.compare(a, b))
  const fields = new Set(series.map(({ field }) => field))
  return {
    id: `g${place}`,
    title: measurement === '' ? 'Other' : shownText(measurement),
    series,
    chips: tagSets.length > 1 && fields.size > 1 ? tagSets : [],
    tagSets: tagSets.filter((tags) => tags !== '').length,
  }
}

function anItem({ name, unit, index }: NodeMetric): SeriesItem {
  const { base, field, tags } = parseMetricName(name)
  const all = tags.map(([key, value]) => `${key}=${value}`).join(' ')
  return {
    name,
    index,
    info: metricInfo(name, unit),
    base: shownText(base),
    field: shownText(field),
    tags: shownText(tags.map(([, value]) => value).join(' ')),
    searched: `${base} ${all}`.toLowerCase(),
  }
}

/** The words of a filter: each must be in the name or in a tag. */
export function filterWords(filter: string): readonly string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean)
}

/** The rows of the list: what is pinned, then the groups. With a filter, only what matches. */
export function seriesList(
  groups: readonly SeriesGroup[],
  pinned: { readonly items: readonly SeriesItem[]; readonly note: string },
  state: SeriesListState,
): SeriesListView {
  const words = filterWords(state.filter)
  const matches = ({ searched }: SeriesItem): boolean => words.every((word) => searched.includes(word))
  const found = groups.map((group) => groupView(group, group.series.filter(matches), state))
  const pins = pinned.items.filter(matches)
  const isFolded = state.folded.has(pinnedGroup)
  const heading = { kind: 'heading', id: pinnedGroup, group: pinnedGroup, title: 'Pinned' } as const
  return {
    rows: [
      ...(pins.length > 0 ? [{ ...heading, note: pinned.note, count: pins.length, isFolded }] : []),
      ...(isFolded ? [] : pins.map((item) => seriesRow(item, true))),
      ...found.flatMap(({ rows }) => rows),
    ],
    matched: found.reduce((sum, { matched }) => sum + matched, 0),
    total: groups.reduce((sum, { series }) => sum + series.length, 0),
    without: groups.flatMap(({ title, series }, i) =>
      found[i]?.matched === 0 ? [{ title, count: series.length }] : [],
    ),
  }
}

const seriesRow = (item: SeriesItem, isInPinned: boolean, hasChips = false): SeriesRow => ({
  kind: 'series',
  id: `${isInPinned ? 'p' : 's'}${item.index}`,
  item,
  isInPinned,
  hasChips,
})

/** What shows of a group. Matches of other chips do not count: choosing a chip shows them. */
function groupView(
  group: SeriesGroup,
  matching: readonly SeriesItem[],
  state: SeriesListState,
): { readonly rows: readonly SeriesRow[]; readonly matched: number } {
  if (matching.length === 0) return { rows: [], matched: 0 }
  const { id, title } = group
  const chips = group.chips.filter((chip) => matching.some(({ tags }) => tags === chip))
  const kept = state.chosen.get(id)
  const chosen = kept !== undefined && chips.includes(kept) ? kept : (chips[0] ?? '')
  const shown = chips.length > 0 ? matching.filter(({ tags }) => tags === chosen) : matching
  const matched = state.filter.trim() === '' ? matching.length : shown.length
  const isFolded = state.folded.has(id)
  const heading: SeriesRow = {
    kind: 'heading',
    id,
    group: id,
    title,
    note: noteOf(group),
    count: shown.length,
    isFolded,
  }
  if (isFolded) return { rows: [heading], matched }
  const isCut = !state.unfolded.has(id) && shown.length > rowsAtFirst + 1
  const first = isCut ? shown.slice(0, rowsAtFirst) : shown
  const more: SeriesRow = { kind: 'more', id: `${id}-more`, group: id, count: shown.length - rowsAtFirst }
  return {
    rows: [
      heading,
      ...chipRows({ group: id, chips, chosen }, state),
      ...first.map((item) => seriesRow(item, false, chips.length > 1)),
      ...(isCut ? [more] : []),
    ],
    matched,
  }
}

function noteOf({ series, chips, tagSets }: SeriesGroup): string {
  if (tagSets < 2) return ''
  return chips.length > 0 ? `${series.length} series, ${tagSets} tags` : `${tagSets} tags`
}

/** Lines of chips; at first one line, in which the chosen one is. */
function chipRows(
  { group, chips, chosen }: Pick<Chips, 'group' | 'chips' | 'chosen'>,
  state: SeriesListState,
): SeriesRow[] {
  if (chips.length < 2) return []
  const row = (line: readonly string[], place: number, more: number): SeriesRow => {
    return { kind: 'chips', id: `${group}-chips${place}`, group, chips: line, chosen, more }
  }
  const lines = linesOf(chips, state.width)
  if (lines.length === 1 || state.allChips.has(group)) return lines.map((line, place) => row(line, place, 0))
  const first = linesOf(chips, state.width - moreWidth)[0] ?? []
  const line = first.includes(chosen)
    ? first
    : [chosen, ...(linesOf([...first], state.width - moreWidth - widthOf(chosen))[0] ?? [])]
  const unique = [...new Set(line)]
  return [row(unique, 0, chips.length - unique.length)]
}

const widthOf = (chip: string): number => Math.min(longestChip, Math.max(1, chip.length) * characterWidth + chipPadding)

function linesOf(chips: readonly string[], width: number): string[][] {
  const lines: string[][] = []
  let used = Infinity
  for (const chip of chips) {
    used += widthOf(chip)
    if (used > width || lines.length === 0) {
      lines.push([])
      used = widthOf(chip)
    }
    lines.at(-1)?.push(chip)
  }
  return lines
}

/** A text in parts: those that the filter found, and the others. */
export function markedParts(
  text: string,
  filter: string,
): ReadonlyArray<{ readonly text: string; readonly isFound: boolean }> {
  const lower = text.toLowerCase()
  const found = new Uint8Array(text.length)
  // Some letters change their length: nothing is marked then.
  if (lower.length === text.length)
    for (const word of filterWords(filter))
      for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) found.fill(1, at, at + word.length)
  const parts: Array<{ text: string; isFound: boolean }> = []
  for (const [at, character] of text.split('').entries()) {
    const last = parts.at(-1)
    if (last?.isFound === (found[at] === 1)) last.text += character
    else parts.push({ text: character, isFound: found[at] === 1 })
  }
  return parts
}
