import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { patternProblem } from '#shared/pattern/topic-pattern.ts'
import { CallError } from '../../threads/call-error.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { compactTime } from './sample-handlers.ts'

type SourceCalls = Pick<
  IpcHandlers,
  Extract<keyof IpcHandlers, `sources.${string}`> | 'partitions.list' | 'rejectedRecords.export'
>

/** Calls about what is in Kafka. After the topics were changed, the page is loaded anew. */
export function sourceHandlers({
  data,
  read,
  sources,
  settings,
  now,
}: Pick<IpcDeps, 'data' | 'read' | 'sources' | 'settings' | 'now'>): SourceCalls {
  return {
    'sources.list': async () => ({ ...sources.topics(), sources: await data.call('sources.list', {}) }),
    'sources.example': async ({ topics }) => {
      const example = await data.call('sources.example', { topics })
      return example === undefined ? {} : { example }
    },
    'partitions.list': () => data.call('partitions.list', {}),
    'sources.find': () => sources.searches.find(),
    'sources.stopFind': () => {
      sources.searches.stop()
      return Promise.resolve({})
    },
    'sources.records': async ({ topic, limit }) => ({ records: [...(await sources.searches.records(topic, limit))] }),
    'sources.setPattern': ({ pattern }) => {
      const problem = patternProblem(pattern)
      if (problem !== undefined) throw new CallError('bad-request', problem)
      sources.setTopics(pattern)
      return Promise.resolve({})
    },
    'rejectedRecords.export': async () => {
      const path = await sources.chooseFile(`remo-rejected-${compactTime(now())}.csv`)
      if (path === undefined) return { saved: false }
      const zone = settings.settings.values['appearance.timeZone']
      return { saved: true, path, ...(await read.call('rejected.export', { path, zone })) }
    },
  }
}
