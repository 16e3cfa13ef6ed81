import { randomUUID } from 'node:crypto'
import { loginOperation, logoutOperation } from '#shared/rest/auth.ts'
import type { Operation } from '#shared/rest/operation.ts'
import { applyRulesOperation, listRulesOperation, releaseRulesOperation } from '#shared/rest/rules.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import { diffLines, diffSummary } from '#shared/rule/rules-file/diff-text.ts'
import { parseRulesFile } from '#shared/rule/rules-file/parse-rules-file.ts'
import { diffSize, rulesDiff, type RulesDiff } from '#shared/rule/rules-file/rules-diff.ts'
import { backendFailureSentence } from '../backend/rest/backend-failure.ts'
import { RestClient, type BackendResult, type Fetch } from '../backend/rest/rest-client.ts'
import type { OperationInput } from '../backend/rest/rest-request.ts'
import { readRulesArguments, type RulesArguments } from './rules-arguments.ts'

/** What `remo rules` needs of its process. */
export interface RulesCommandDeps {
  /** Without `rules` itself. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Throws if the file cannot be read. */
  readonly readText: (path: string) => string
  readonly fetch: Fetch
  /** Writes a line to stdout. */
  readonly write: (line: string) => void
  /** Writes a line to stderr. */
  readonly warn: (line: string) => void
}

/** 0: nothing is wrong, or nothing differs. 1: problems, differences, or no backend. 2: wrong arguments. */
export type RulesExitCode = 0 | 1 | 2

/** A sentence for stderr, and exit code 1. */
class CommandError extends Error {}

/**
 * `remo rules check|diff|apply`: thresholds as a file, for a terminal and for CI. `check` needs no backend. `diff` needs
 * a user who may view, `apply` an administrator.
 */
export async function runRulesCommand(deps: RulesCommandDeps): Promise<RulesExitCode> {
  const args = readRulesArguments(deps.args)
  if (typeof args === 'string') {
    deps.warn(`ReMo: ${args} Run with --help to see all options.`)
    return 2
  }
  try {
    return await new RulesCommand(deps, args).run()
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause
    deps.warn(`ReMo: ${cause.message}`)
    return 1
  }
}

class RulesCommand {
  readonly #deps: RulesCommandDeps
  readonly #args: RulesArguments
  #client: RestClient | undefined
  #token: string | undefined

  constructor(deps: RulesCommandDeps, args: RulesArguments) {
    this.#deps = deps
    this.#args = args
  }

  async run(): Promise<RulesExitCode> {
    const { action, file, unmanaged } = this.#args
    const rules = file === undefined ? [] : this.#read(file)
    if (!rules) return 1
    if (action === 'check') {
      this.#deps.write(`${file}: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, no problem.`)
      return 0
    }
    const signOut = await this.#signIn()
    try {
      if (unmanaged) await this.#release()
      if (file === undefined) return 0
      return action === 'diff' ? await this.#diff(rules) : await this.#apply(rules)
    } finally {
      await signOut()
    }
  }

  /** `undefined`: it has problems, which are written. */
  #read(path: string): readonly RuleDraft[] | undefined {
    let text: string
    try {
      text = this.#deps.readText(path)
    } catch (cause) {
      throw new CommandError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`)
    }
    const file = parseRulesFile(text)
    if (file.ok) return file.rules.map(({ draft }) => draft)
    for (const { line, column, message } of file.problems) this.#deps.write(`${path}:${line}:${column}: ${message}`)
    return undefined
  }

  async #diff(wanted: readonly RuleDraft[]): Promise<RulesExitCode> {
    const current: Rule[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '500', ...(cursor === undefined ? {} : { cursor }) }
      const page = await this.#call(listRulesOperation, { query })
      current.push(...page.body)
      cursor = page.next
    } while (cursor !== undefined)
    const diff = rulesDiff(current, wanted)
    this.#show(diff)
    return diffSize(diff) === 0 ? 0 : 1
  }

  /** Compares first, and applies only if nothing changed since: what is shown is what is applied. */
  async #apply(rules: readonly RuleDraft[]): Promise<RulesExitCode> {
    const { file = '', managedAt } = this.#args
    const compared = await this.#call(applyRulesOperation, { body: { rules: [...rules], dryRun: true } })
    this.#show(compared.body)
    const managed = managedAt === undefined ? {} : { managed: { file, revision: managedAt } }
    const body = { rules: [...rules], ifRevision: compared.body.revision, ...managed }
    await this.#call(applyRulesOperation, { body, idempotencyKey: randomUUID() })
    this.#deps.write(
      managedAt === undefined ? 'Applied.' : `Applied. The rules are managed from ${file} at ${managedAt}.`,
    )
    return 0
  }

  async #release(): Promise<void> {
    await this.#call(releaseRulesOperation, { idempotencyKey: randomUUID() })
    this.#deps.write('The rules are no longer managed from a file.')
  }

  #show(diff: RulesDiff): void {
    const marks = { added: '+', changed: '~', removed: '-' } as const
    for (const { kind, name, details } of diffLines(diff)) {
      this.#deps.write(`${marks[kind]} ${name}${details.length > 0 ? `: ${details.join(', ')}` : ''}`)
    }
    this.#deps.write(`${diffSummary(diff)}.`)
  }

  /** @returns signs out */
  async #signIn(): Promise<() => Promise<void>> {
    const { env, readText } = this.#deps
    const url = this.#args.backend ?? env['REMO_BACKEND_URL']
    if (url === undefined || !/^https?:\/\/./.test(url))
      throw new CommandError('Name the backend with --backend or REMO_BACKEND_URL, such as https://remo.example.com.')
    this.#client = new RestClient({ url, fetch: this.#deps.fetch, onResponse: () => undefined })
    this.#token = env['REMO_BACKEND_TOKEN']
    if (this.#token) return () => Promise.resolve()
    const [username, passwordFile] = [env['REMO_BACKEND_USER'], env['REMO_BACKEND_PASSWORD_FILE']]
    if (!username || !passwordFile)
      throw new CommandError('Set REMO_BACKEND_USER and REMO_BACKEND_PASSWORD_FILE, or REMO_BACKEND_TOKEN.')
    const password = passwordIn(passwordFile, readText)
    const { body: tokens } = await this.#call(loginOperation, { body: { username, password } })
    this.#token = tokens.access_token
    return async () => {
      await this.#client?.call(logoutOperation, { body: { refresh_token: tokens.refresh_token } })
    }
  }

  async #call<C extends Operation>(
    operation: C,
    input: OperationInput<C>,
  ): Promise<Extract<BackendResult<C>, { ok: true }>> {
    const options = { limitMs: 60_000, ...(this.#token ? { token: this.#token } : {}) }
    const result = await this.#client?.call(operation, input, options)
    if (result?.ok) return result
    throw new CommandError(result ? backendFailureSentence(result.failure) : 'There is no backend.')
  }
}

function passwordIn(path: string, readText: (path: string) => string): string {
  try {
    return readText(path).replace(/\r?\n$/, '')
  } catch {
    throw new CommandError(`REMO_BACKEND_PASSWORD_FILE: ${path} cannot be read.`)
  }
}
