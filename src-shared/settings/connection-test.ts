import { z } from 'zod'
import type { KafkaSecurity } from './kafka-security.ts'

/** The steps of a connection test, in the order in which they run. */
export const testStepIds = ['names', 'tcp', 'tls', 'sasl', 'listeners', 'topics', 'rights', 'messages'] as const

/** A certificate as an operator recognizes it. */
export const CertificateFacts = z.object({
  /** Common name, or the whole subject if it has none. */
  subject: z.string(),
  /** Common name of the authority that signed it, or its whole name. */
  issuer: z.string(),
  /** Epoch ms. */
  validFrom: z.number(),
  /** Epoch ms. */
  validTo: z.number(),
})
export type CertificateFacts = z.output<typeof CertificateFacts>

/** What one message of a topic turned out to be. */
export const TestedMessage = z.object({
  topic: z.string(),
  /** `rejected`: ReMo would skip it. `none`: the topic is empty. `unknown`: it could not be read in time. */
  kind: z.enum(['metrics', 'threshold', 'alert', 'other', 'rejected', 'none', 'unknown']),
  /** One sentence. */
  text: z.string(),
})
export type TestedMessage = z.output<typeof TestedMessage>

/**
 * One step of a connection test. `not-tried`: an earlier step failed, or the connection does not use it (TLS, SASL).
 * `warning`: ReMo works, with what the text says.
 */
export const TestStep = z.object({
  id: z.enum(testStepIds),
  state: z.enum(['running', 'ok', 'warning', 'failed', 'not-tried']),
  title: z.string(),
  /** One or two sentences: the result, or what is wrong and what to do. Contains no secret. */
  text: z.string(),
  /** How long it took; present once it has ended. */
  ms: z.number().nonnegative().optional(),
  /** Of step `tls`: what the brokers presented, even if it is not accepted. One entry for each different certificate. */
  certificates: z.array(CertificateFacts).optional(),
  /** Of step `sasl`: the mechanisms that the broker offers. */
  mechanisms: z.array(z.string()).optional(),
  /** Of step `topics`: names of the first topics that match. */
  topics: z.array(z.string()).optional(),
  /** Of step `rights`: commands that grant what is missing. */
  commands: z.array(z.string()).optional(),
  /** Of step `messages`. */
  messages: z.array(TestedMessage).optional(),
})
export type TestStep = z.output<typeof TestStep>
export type TestStepId = TestStep['id']

/** The end of a connection test. */
export const TestResult = z.object({
  /** `warning`: no step failed, but at least one has a warning. */
  state: z.enum(['ok', 'warning', 'failed']),
  /** All eight steps, in their order. */
  steps: z.array(TestStep),
  /** What will not work if the connection is saved as it is. One sentence; absent if everything works. */
  willNotWork: z.string().optional(),
})
export type TestResult = z.output<typeof TestResult>

/** What a connection test connects to. Plain data; secrets are for the thread that connects only. */
export interface ConnectionToTest {
  /** Normalized, `host:port` each (see `parseBrokers`). */
  readonly brokers: readonly string[]
  readonly security?: KafkaSecurity
  /** Regular expression for the topics with metrics. */
  readonly topicPattern: string
  /** With a backend, the topics of its team are tested too. Empty: the only team. Absent: no backend. */
  readonly team?: string
}

const titles: Readonly<Record<TestStepId, string>> = {
  names: 'Names resolve',
  tcp: 'TCP connects',
  tls: 'TLS',
  sasl: 'SASL',
  listeners: 'Listeners',
  topics: 'Topics',
  rights: 'Rights',
  messages: 'One message of each kind',
}

/** All steps before the test: none is tried. */
export function untriedSteps(security: KafkaSecurity | undefined): TestStep[] {
  return testStepIds.map((id) => ({ id, state: 'not-tried', title: titles[id], text: untriedText(id, security) }))
}

function untriedText(id: TestStepId, security: KafkaSecurity | undefined): string {
  if (id === 'tls' && !security?.ssl) return 'This connection does not use TLS.'
  if (id === 'sasl' && !security?.sasl) return 'This connection does not use SASL.'
  return 'Not tried.'
}
