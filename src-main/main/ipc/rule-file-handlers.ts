import { randomUUID } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { OpenedRules } from '#shared/ipc/rule-calls.ts'
import { applyRulesOperation, getRuleManagementOperation } from '#shared/rest/rules.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { longestRulesFile, parseRulesFile } from '#shared/rule/rules-file/parse-rules-file.ts'
import { writeRulesFile } from '#shared/rule/rules-file/write-rules-file.ts'
import { callErrorOf } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'

type RuleFileCalls = Pick<
  IpcHandlers,
  'rules.yaml' | 'rules.export' | 'rules.open' | 'rules.apply' | 'rules.management'
>
type RuleFileDeps = Pick<IpcDeps, 'data' | 'session' | 'ruleFiles'>

/** UTF-8 has at most four bytes a character. */
const mostBytes = longestRulesFile * 4

/** Thresholds as a file. The file is read and written here: the window sees no paths but the one that was chosen. */
export function ruleFileHandlers({ data, session, ruleFiles }: RuleFileDeps): RuleFileCalls {
  const text = async (): Promise<string> => writeRulesFile((await data.call('rules.list', {})).map(draftOfRule))
  return {
    'rules.yaml': async () => ({ text: await text() }),
    'rules.export': async () => {
      const path = await ruleFiles.save('rules.yaml')
      if (path === undefined) return { saved: false }
      await writeFile(path, await text(), 'utf8')
      return { saved: true, path }
    },
    'rules.open': async () => {
      const path = await ruleFiles.choose()
      return path === undefined ? { kind: 'canceled' } : openedRules(path)
    },
    'rules.apply': async (request) => {
      if (!session) return data.call('rules.apply', request)
      requirePermission(session.session, 'edit-rules')
      const response = await session.call(applyRulesOperation, { body: request, idempotencyKey: randomUUID() })
      if (!response.ok) throw callErrorOf(response.failure)
      return response.body
    },
    'rules.management': async () => {
      if (session?.session.kind !== 'signed-in') return null
      const response = await session.call(getRuleManagementOperation, {})
      return response.ok ? response.body : null
    },
  }
}

async function openedRules(path: string): Promise<OpenedRules> {
  const name = basename(path)
  const problem = (message: string): OpenedRules => ({
    kind: 'problems',
    name,
    problems: [{ line: 1, column: 1, message }],
  })
  try {
    const { size } = await stat(path)
    if (size > mostBytes) return problem('The file is too large.')
    const file = parseRulesFile(await readFile(path, 'utf8'))
    return file.ok
      ? { kind: 'rules', name, rules: file.rules.map(({ draft }) => draft) }
      : { kind: 'problems', name, problems: [...file.problems] }
  } catch (cause) {
    return problem(`The file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`)
  }
}
