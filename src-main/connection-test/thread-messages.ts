import type { TestResult, TestStep } from '#shared/settings/connection-test.ts'

/** What the thread of a connection test posts. `error`: the test itself failed, which no connection should cause. */
export type FromTestThread = { readonly step: TestStep } | { readonly result: TestResult } | { readonly error: string }
