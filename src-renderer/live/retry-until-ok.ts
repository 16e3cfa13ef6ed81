import type { IpcFailure, Result } from '#shared/ipc/contract.ts'

const retryMs = 2000

/**
 * Asks until an answer comes: the main process refuses calls as `unavailable` while its data thread restarts.
 * @returns stops asking; an answer that is still on its way is dropped
 */
export function retryUntilOk<T>(
  ask: () => Promise<Result<T>>,
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
