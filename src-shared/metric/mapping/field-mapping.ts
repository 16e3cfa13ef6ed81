import { z } from 'zod'
import { parsePath, pathLimits } from './field-path.ts'

/** Why a text is no path; `undefined` for a path. */
const pathWanted = 'expected a path such as machine.serial or readings[*]'

function pathField(min: 0 | 1, canRepeat: boolean) {
  return z
    .string()
    .min(min, pathWanted)
    .max(pathLimits.characters, `expected at most ${pathLimits.characters} characters`)
    .refine((text) => isPath(text, canRepeat), pathWanted)
}

function isPath(text: string, canRepeat: boolean): boolean {
  const path = parsePath(text)
  return path !== undefined && (canRepeat || !path.includes('each'))
}

/** Name of a metric of the mapping, with its prefix. Its value is also that metric of the house. */
const houseName = z.string().min(1).max(256)

/**
 * Which field of a topic's JSON is what. Paths begin at the record; `name`, `value` and `unit` at one element of
 * `values`. Where `values` has a `*`, `node`, `nodeName` and `time` may begin with the same steps up to it: they are
 * then those of the same element.
 */
export const FieldMapping = z.strictObject({
  /** Exactly this topic. */
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, 'expected the name of a topic')
    .refine((name) => name !== '.' && name !== '..', 'expected the name of a topic'),
  /** A text or a whole number that names the node. */
  node: pathField(1, true),
  /** Shown instead of `node`. */
  nodeName: pathField(1, true).optional(),
  /** Event time: a number since 1970 whose size says its unit, or text with a zone. Absent: the record's timestamp. */
  time: pathField(1, true).optional(),
  /**
   * Where the values are. With `value`, each place that it names is one metric. Without, the numbers there and in objects
   * below are metrics, each with the name of its field; lists below are not searched. Empty: the record itself.
   */
  values: pathField(0, true),
  /**
   * Name of the metric in one element. Absent: the key of the element; in a list, the key of the list and the index, as
   * in `temps.0`; without a `*`, the last key of `values`. A `*` that node or time has too is not in names.
   */
  name: pathField(1, false).optional(),
  /** Number in one element. Empty: the element itself. */
  value: pathField(0, false).optional(),
  /** Unit in one element. */
  unit: pathField(1, false).optional(),
  /** Put before each name: `press.` */
  prefix: z
    .string()
    .max(64, 'expected at most 64 characters')
    .regex(/^[^\p{Cc}{}=,"]*$/u, 'expected text without { } = , and quotes')
    .optional(),
  /** Metrics that are also one of the house. */
  house: z
    .strictObject({
      cpu_usage: houseName.optional(),
      memory_usage: houseName.optional(),
      disk_io: houseName.optional(),
      network_traffic: houseName.optional(),
    })
    .optional(),
})
export type FieldMapping = z.infer<typeof FieldMapping>

/** Topics with a mapping, at most. */
export const mostMappings = 200

const tooMany = `expected at most ${mostMappings} mappings`

/** Of different topics. */
export const Mappings = z
  .array(FieldMapping)
  .max(mostMappings, tooMany)
  .superRefine((mappings, context) => {
    const topics = new Set<string>()
    for (const [i, { topic }] of mappings.entries()) {
      if (topics.has(topic)) {
        const message = 'another mapping is of this topic'
        context.addIssue({ code: 'custom', path: [i, 'topic'], message })
      }
      topics.add(topic)
    }
  })

/** A file of mappings: what the page saves, and what a backend reads at its start. */
export const MappingsFile = z.strictObject({
  remo: z.literal('mappings'),
  mappings: Mappings,
})
export type MappingsFile = z.infer<typeof MappingsFile>

/** One version of what a team has for a topic. A record of Kafka is read by the version in effect at its timestamp. */
export const MappingVersion = z.strictObject({
  version: z.int().min(1),
  /** From this timestamp of a record on, epoch ms. */
  effectiveFrom: z.number().gte(0).lte(8e12),
  /** `null`: none from then on. */
  mapping: FieldMapping.nullable(),
  /** Who saved it. */
  updatedBy: z.string().min(1).max(128),
  /** Epoch ms, by the clock of the backend. */
  updatedAt: z.number().gte(0).lte(8e12),
})
export type MappingVersion = z.infer<typeof MappingVersion>

/** What a team has for a topic, as in `remo-alerts`, PostgreSQL and SQLite. `earlier`: versions before, newest last. */
export const TopicMapping = z.strictObject({
  topic: FieldMapping.shape.topic,
  /** From a file that the backend reads: nobody changes it elsewhere. */
  isFixed: z.boolean(),
  ...MappingVersion.shape,
  earlier: z.array(MappingVersion).max(20),
})
export type TopicMapping = z.infer<typeof TopicMapping>
