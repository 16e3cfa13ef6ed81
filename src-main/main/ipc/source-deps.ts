import type { TopicSearches } from '../topic-search/topic-searches.ts'

/** What the calls about sources use. */
export interface SourceCallDeps {
  readonly searches: Pick<TopicSearches, 'find' | 'stop' | 'records'>
  /** Topics of the connection in use, and why they cannot be changed here. */
  readonly topics: () => { readonly pattern: string; readonly fixedBy?: string }
  /** @throws CallError `conflict` if something fixes them */
  readonly setTopics: (pattern: string) => void
  /** Asks for a file of rejected records; `undefined` if the operator canceled. */
  readonly chooseFile: (name: string) => Promise<string | undefined>
}
