import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { listMappingsOperation, removeMappingOperation, saveMappingOperation } from '#shared/rest/mappings.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import * as mappings from './service.ts'

export const mappingRoutes = (): ApiRoute[] => [
  apiRoute(listMappingsOperation, async ({ pool }) => {
    return { body: (await mappings.currentMappings(pool)).map(mappings.knownOfMapping) }
  }),
  apiRoute(saveMappingOperation, async (call) => {
    const { topic } = call.params
    const change = { topic, ifMatch: call.ifMatch, mapping: { topic, ...call.body } }
    return answer(await call.tx((db) => mappings.saveMapping(db, change, call)))
  }),
  apiRoute(removeMappingOperation, async (call) => {
    const change = { topic: call.params.topic, ifMatch: call.ifMatch }
    return answer(await call.tx((db) => mappings.removeMapping(db, change, call)))
  }),
]

function answer(mapping: TopicMapping): { readonly body: TopicMapping; readonly version: number } {
  return { body: mappings.knownOfMapping(mapping), version: mapping.version }
}
