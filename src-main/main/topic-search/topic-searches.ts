import type { FindProgress, FindResult, TopicRecord } from '#shared/ipc/source-calls.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import type { ClientSettings } from '../../../src-kafka/client/kafka-settings.ts'
import { CallError } from '../../threads/call-error.ts'
import { type RunningTask, TaskStopped } from '../../threads/task-thread.ts'
import type { TopicResults, TopicTask } from '../../topic-search/thread-messages.ts'

/** The open connection, as far as this service uses it. */
export interface SearchedConnection {
  readonly inUse: ConnectionInUse
  readonly access: ConnectionAccess
  /** What its team has for topics. */
  readonly teamMappings: readonly TopicMapping[]
}

export interface TopicSearchesDeps {
  /** `startTopicTask`. */
  readonly start: <T extends TopicTask>(
    task: T,
    onStep: (step: FindProgress) => void,
  ) => RunningTask<TopicResults[T['kind']]>
  /** @throws CallError `unavailable` while none is open */
  readonly connection: () => SearchedConnection
  /** Mappings of this computer. */
  readonly ownMappings: () => readonly FieldMapping[]
  readonly push: (progress: FindProgress) => void
}

/** The search for metrics of the page: one at a time, a new one ends the one before. */
export class TopicSearches {
  readonly #deps: TopicSearchesDeps
  #finding: RunningTask<FindResult> | undefined

  constructor(deps: TopicSearchesDeps) {
    this.#deps = deps
  }

  /** @throws CallError `conflict` if it was stopped, `unavailable` with a sentence if Kafka does not answer */
  async find(): Promise<FindResult> {
    this.stop()
    const { start, connection, ownMappings, push } = this.#deps
    const { inUse, teamMappings: team } = connection()
    const mappings = { own: ownMappings(), team }
    const task = { kind: 'find', settings: this.#settings(), pattern: inUse.connection.topics, mappings } as const
    const running: RunningTask<FindResult> = start(task, (progress) => {
      if (this.#finding === running) push(progress)
    })
    this.#finding = running
    try {
      return await resultOf(running)
    } finally {
      if (this.#finding === running) this.#finding = undefined
    }
  }

  /** The last records of one topic. @throws CallError `unavailable` with a sentence */
  records(topic: string, limit: number): Promise<readonly TopicRecord[]> {
    const task = { kind: 'records', settings: this.#settings(), topic, limit } as const
    return resultOf(this.#deps.start(task, () => undefined))
  }

  /** Ends the search that runs, if one does. */
  stop(): void {
    this.#finding?.stop()
    this.#finding = undefined
  }

  #settings(): ClientSettings {
    const { inUse, access } = this.#deps.connection()
    if (inUse.origin === 'demo') throw new CallError('unavailable', 'The demo reads simulated servers, not Kafka.')
    if (access.kind !== 'ready')
      throw new CallError('unavailable', `ReMo cannot connect to ${inUse.connection.name} yet: a secret is missing.`)
    const { security } = access
    const { brokers } = inUse.connection
    return { brokers, clientId: 'remo-search', ...(security === undefined ? {} : { security }) }
  }
}

async function resultOf<R>({ result }: RunningTask<R>): Promise<R> {
  try {
    return await result
  } catch (cause) {
    if (cause instanceof TaskStopped) throw new CallError('conflict', 'The search was stopped.')
    throw new CallError('unavailable', cause instanceof Error ? cause.message : String(cause))
  }
}
