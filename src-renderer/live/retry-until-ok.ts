import type { IpcFailure, IpcResult } from '#shared/ipc/contract.ts'

const retryMs = 2000

/**
 * Repeats a call until it succeeds: calls fail with `unavailable` while the data thread restarts.
 * @returns stops repeating and drops a late reply
 */
export function retryUntilOk<T>(
  ask: () => Promise<IpcResult<T>>,
  onAnswer: (value: T) => void,
  onProblem: (failure: IpcFailure) => void = () => undefined,
): () => void {
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const attempt = async (): Promise<void> => {
    const result = await ask()
    if (stopped) return
    if (result.ok) return onAnswer(result.value)
    onProblem(result.error)
    timer = setTimeout(() => void attempt(), retryMs)
  }
  void attempt()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
