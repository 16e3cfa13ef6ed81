import type { Problem, ProblemCode } from '#shared/rest/problems.ts'

type Extra = Partial<Pick<Problem, 'issues' | 'version'>> & { readonly retryAfterSeconds?: number }

/** An answer that is not ok, thrown from anywhere below a handler. `message` is the `detail`: one sentence for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ProblemCode
  readonly extra: Extra

  constructor(code: ProblemCode, detail: string, extra: Extra = {}) {
    super(detail)
    this.code = code
    this.extra = extra
  }
}

/** `throw apiError('node_not_found', 'There is no node web-7.')` */
export function apiError(code: ProblemCode, detail: string, extra: Extra = {}): ApiError {
  return new ApiError(code, detail, extra)
}
