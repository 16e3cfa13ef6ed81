import type { Problem, ProblemCode } from '#shared/rest/problems.ts'

type Extra = Partial<Pick<Problem, 'issues' | 'version'>> & { readonly retryAfterSeconds?: number }

/** An answer that is not ok, thrown from anywhere below a handler. `message` is the `detail`: one sentence for a person. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: ProblemCode
  readonly extra: Extra

  constructor(code: ProblemCode, detail: string, extra: Extra = {}) {
    super(detail)
    this.code = code
    this.extra = extra
  }
}

/** `throw fail('node_not_found', 'There is no node web-7.')` */
export function fail(code: ProblemCode, detail: string, extra: Extra = {}): Failure {
  return new Failure(code, detail, extra)
}
