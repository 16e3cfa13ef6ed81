import { collectdPart, type CollectdIdentity } from './collectd-series.ts'
import { isGrowingType } from './collectd-types.ts'
import { numberOrText, wrongField } from './field-checks.ts'
import { mergedReading } from './merged-reading.ts'
import type { PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isNodeId, passed } from './readings.ts'
import { linesOf } from './record-lines.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { timeOf } from './timestamps.ts'

const format = 'collectd-putval'
const shapes = new ShapeCache<PlannedPart>()
const command = /^\s*PUTVAL\s/
/** A word of the command, or one in double quotes, where `\` is before a quote and before itself. */
const word = /\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|(\S+))/y

/**
 * Commands of collectd's text protocol: `PUTVAL host/plugin-instance/type-instance interval=10 1795860000:0.5:0.75`. They
 * name no data sources, so the values of a list are numbered, and which of them grow follows from the type.
 * @see https://www.collectd.org/wiki/index.php/Plain_text_protocol#PUTVAL
 */
export const collectdPutval: FormatReader = {
  name: format,
  detect: (value) => value.family === 'text' && command.test(value.text),
  read(record, value) {
    const { lines, rest } = linesOf(record, value.family === 'text' ? value.text : '')
    return mergedReading([...lines.map(({ line, path }) => readLine(record, line, path)), ...rest])
  },
}

/** @param path of the line in the record, for reasons */
function readLine(record: FormatRecord, line: string, path: string): RecordReading {
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, { field: path + field, expected, found })
  const [name, identifier, ...rest] = wordsOf(line)
  if (name !== 'PUTVAL') return wrong('command', 'PUTVAL', name)
  const found = identifierOf(identifier ?? '')
  if (!found) return wrong('identifier', 'host/plugin/type', identifier)
  if (!isNodeId(found.host)) return wrong('host', 'text of 1 to 128 characters', found.host)
  // An option has a = and stands anywhere among the value lists, which have a colon.
  const lists = rest.filter((one) => !/^[a-z_]+(?::[a-z_]+)?=/i.test(one))
  if (lists.length === 0) return wrong('values', 'time:value', undefined)
  return mergedReading(lists.map((list) => readList(record, { ...found, path }, list)))
}

function wordsOf(line: string): string[] {
  const words: string[] = []
  word.lastIndex = 0
  for (let found = word.exec(line); found; found = word.exec(line)) {
    words.push(found[1] === undefined ? (found[2] as string) : found[1].replaceAll(/\\(.)/g, '$1'))
  }
  return words
}

interface Identifier {
  readonly host: string
  readonly identity: CollectdIdentity
}

/** The host has no slash, and plugin and type no hyphen: what follows the first one is the instance. */
function identifierOf(text: string): Identifier | undefined {
  const [host = '', plugin, ...types] = text.split('/')
  if (plugin === undefined || types.length === 0) return undefined
  const [pluginName, pluginInstance] = halves(plugin)
  const [type, typeInstance] = halves(types.join('/'))
  if (pluginName === '' || type === '') return undefined
  return { host, identity: { plugin: pluginName, pluginInstance, type, typeInstance } }
}

function halves(text: string): readonly [name: string, instance: string] {
  const hyphen = text.indexOf('-')
  return hyphen < 0 ? [text, ''] : [text.slice(0, hyphen), text.slice(hyphen + 1)]
}

interface InLine extends Identifier {
  readonly path: string
}

/** `time:value:value`. The time `N` is that of the record, the value `U` is unknown. */
function readList({ timestamp }: FormatRecord, { host, identity, path }: InLine, list: string): RecordReading {
  const [time = '', ...texts] = list.split(':')
  const at = time === 'N' && timestamp >= 0 ? timestamp : timeOf(numberOrText(time))
  if (at === undefined) {
    return wrongField(format, { field: `${path}time`, expected: 'epoch seconds', found: time, code: 'bad-timestamp' })
  }
  const numbers = texts.map((text) => (text === 'U' ? NaN : numberOrText(text)))
  const odd = texts.length === 0 ? 0 : numbers.indexOf(undefined)
  if (odd >= 0) {
    return wrongField(format, {
      field: `${path}values`,
      expected: 'a number or U',
      found: texts[odd],
      code: 'bad-metric',
    })
  }
  const all = numbers as number[]
  const kept = [...all.keys()].filter((i) => Number.isFinite(all[i]))
  if (kept.length === 0) return passed('not-a-number')
  const planned = shapes.get(JSON.stringify([identity, all.length, kept]), () =>
    collectdPart(format, identity, {
      names: all.length === 1 ? ['value'] : kept.map(String),
      counters: isGrowingType(identity.type) ? [...kept.keys()] : [],
      rates: [],
    }),
  )
  const values = kept.map((i) => all[i] as number)
  return partReading(planned, { nodeId: host, nodeName: host, at, values })
}
