import { z } from 'zod'
import { FieldMapping } from '../metric/mapping/field-mapping.ts'
import { nothing } from './fields.ts'

/**
 * A mapping that is in effect. `here`: in the settings of this computer. `team`: in the backend. `file`: in a file that
 * the backend reads, so that it cannot be changed here.
 */
export const MappingView = z.strictObject({
  mapping: FieldMapping,
  kept: z.enum(['here', 'team', 'file']),
  /** Of the team's one: to save it again. */
  version: z.int().optional(),
  updatedBy: z.string().optional(),
  /** Epoch ms. */
  updatedAt: z.number().optional(),
})
export type MappingView = z.infer<typeof MappingView>

export const MappingsView = z.strictObject({
  mappings: z.array(MappingView),
  /** `team`: saving goes to the backend. `here`: to this computer only; `because` says why, if there is a backend. */
  saves: z.enum(['here', 'team']),
  because: z.string().optional(),
})
export type MappingsView = z.infer<typeof MappingsView>

const saved = z.union([
  z.strictObject({ saved: z.literal(true), path: z.string() }),
  z.strictObject({ saved: z.literal(false) }),
])

/** Calls about mappings: which field of a topic's JSON is what. */
export const mappingCalls = {
  'mappings.list': { request: nothing, reply: MappingsView },
  /**
   * Records are read by it from now on. `version`: of the team's one that was edited; `conflict` if it has changed since,
   * or if a file of the backend fixes it.
   */
  'mappings.save': {
    request: z.strictObject({ mapping: FieldMapping, version: z.int().optional() }),
    reply: z.strictObject({ kept: z.enum(['here', 'team']) }),
  },
  'mappings.remove': {
    request: z.strictObject({ topic: FieldMapping.shape.topic, version: z.int().optional() }),
    reply: nothing,
  },
  /** Opens the native save dialog. The file is a `MappingsFile`. */
  'mappings.export': { request: z.strictObject({ mapping: FieldMapping }), reply: saved },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
