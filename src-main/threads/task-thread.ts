/** What the thread of one task posts. `error`: one sentence; the task failed. */
export type FromTask<Step, Result> = { readonly step: Step } | { readonly result: Result } | { readonly error: string }

/** What `TaskThread` uses of a worker. */
export interface TaskWorker<Step, Result> {
  on(event: 'message', listener: (message: FromTask<Step, Result>) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: () => void): unknown
  terminate(): Promise<unknown>
}

/** The task was stopped before its end. */
export class TaskStopped extends Error {
  override readonly name = 'TaskStopped'
}

/** A task that runs in a thread of its own. */
export interface RunningTask<Result> {
  /** Rejects with `TaskStopped` after `stop`, and if the task fails. */
  readonly result: Promise<Result>
  /** Ends it at once. */
  stop(): void
}

/** One task in its thread. The thread is gone when `result` settles. */
export class TaskThread<Step, Result> implements RunningTask<Result> {
  readonly result: Promise<Result>
  readonly #worker: TaskWorker<Step, Result>
  #stop: () => void = () => undefined

  /** @param name what the thread does, for its errors */
  constructor(name: string, worker: TaskWorker<Step, Result>, onStep: (step: Step) => void) {
    this.#worker = worker
    this.result = new Promise<Result>((resolve, reject) => {
      this.#stop = () => reject(new TaskStopped(`the ${name} was stopped`))
      worker.on('message', (message) => {
        if ('step' in message) onStep(message.step)
        else if ('result' in message) resolve(message.result)
        else reject(new Error(message.error))
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error(`the thread of the ${name} ended early`)))
    }).finally(() => void worker.terminate())
  }

  stop(): void {
    this.#stop()
    void this.#worker.terminate()
  }
}
