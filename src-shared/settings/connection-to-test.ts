import { connectionAccess } from './connection-access.ts'
import { type ConnectionToTest, type TestResult, type TestStepId, untriedSteps } from './connection-test.ts'
import type { Connection, ConnectionSecrets } from './connection.ts'
import type { ReadText } from './environment.ts'

/** `step`: which step of a test the problem belongs to. `problem`: one sentence. */
export type ToTest =
  | { readonly ok: true; readonly toTest: ConnectionToTest }
  | { readonly ok: false; readonly step: TestStepId; readonly problem: string }

/** What a test connects to. Without a password the test runs up to the login, and then asks for it. */
export function connectionToTest(
  connection: Omit<Connection, 'id'>,
  secrets: ConnectionSecrets,
  readText: ReadText,
): ToTest {
  const access = connectionAccess({ ...connection, id: 'tested' }, { password: '', ...secrets }, readText)
  if (access.kind === 'missing') {
    return { ok: false, step: 'tls', problem: 'The key of the client certificate is not stored. Paste it again.' }
  }
  if (access.kind === 'wrong') return { ok: false, step: 'tls', problem: access.problem }
  const { brokers, topics: topicPattern, backendUrl, team = '' } = connection
  return {
    ok: true,
    toTest: {
      brokers,
      topicPattern,
      ...(access.security === undefined ? {} : { security: access.security }),
      ...(backendUrl === undefined ? {} : { team }),
    },
  }
}

/** The result of a test that could not begin. */
export function notBegun(step: TestStepId, text: string): TestResult {
  const steps = untriedSteps(undefined).map((one) => ({
    ...one,
    ...(one.id === step ? { state: 'failed' as const, text } : { text: 'Not tried.' }),
  }))
  return { state: 'failed', steps, willNotWork: 'ReMo will not connect until this is solved.' }
}
