import type { TestResult, TestStep } from '#shared/settings/connection-test.ts'
import type { FromTask } from '../threads/task-thread.ts'

/** What the thread of a connection test posts. `error`: the test itself failed, which no connection should cause. */
export type FromTestThread = FromTask<TestStep, TestResult>
