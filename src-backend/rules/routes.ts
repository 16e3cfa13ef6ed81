import { z } from 'zod'
import { knownOfRule } from '#shared/codec/domain-codecs.ts'
import {
  applyRulesOperation,
  createRuleOperation,
  getRuleManagementOperation,
  getRuleOperation,
  listRulesOperation,
  releaseRulesOperation,
  removeRuleOperation,
  updateRuleOperation,
} from '#shared/rest/rules.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { applyRules, releaseRules, ruleManagement } from './apply.ts'
import * as rules from './service.ts'

const RuleCursor = z.tuple([z.int32()])

export const ruleRoutes = (): ApiRoute[] => [
  apiRoute(listRulesOperation, async ({ query: { limit, cursor }, pool }) => {
    const [after] = cursor === undefined ? [0] : decodeCursor(cursor, RuleCursor)
    const found = await rules.rulesAfter(pool, { after, limit: limit + 1 })
    const { shown, next } = pageOf(found, limit, ({ number }) => [number])
    return { body: shown.map(({ rule }) => knownOfRule(rule)), next }
  }),
  apiRoute(getRuleManagementOperation, async ({ pool }) => ({ body: await ruleManagement(pool) })),
  apiRoute(applyRulesOperation, async (call) => ({ body: await call.tx((db) => applyRules(db, call.body, call)) })),
  apiRoute(releaseRulesOperation, async (call) => {
    await call.tx((db) => releaseRules(db, call))
    return { body: { message: 'The rules are no longer managed from a file' } }
  }),
  apiRoute(getRuleOperation, async ({ params, pool }) => {
    const rule = await rules.getRuleById(pool, params.id)
    return { body: knownOfRule(rule), version: rule.version }
  }),
  apiRoute(createRuleOperation, async (call) => {
    const rule = await call.tx((db) => rules.createRule(db, call.body, call))
    return { body: knownOfRule(rule), version: rule.version }
  }),
  apiRoute(updateRuleOperation, async (call) => {
    const change = { id: call.params.id, ifMatch: call.ifMatch, draft: call.body }
    const rule = await call.tx((db) => rules.updateRule(db, change, call))
    return { body: knownOfRule(rule), version: rule.version }
  }),
  apiRoute(removeRuleOperation, async (call) => {
    const { id } = call.params
    await call.tx((db) => rules.removeRule(db, { id, ifMatch: call.ifMatch }, call))
    return { body: { message: 'Rule removed' } }
  }),
]
