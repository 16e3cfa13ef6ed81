import type { Log } from '#shared/log.ts'
import { teamTopics } from '#shared/team/team-topics.ts'
import { kafkaStream } from '../../src-kafka/consume/kafka-stream.ts'
import type { Stream } from '../../src-kafka/stream.ts'
import type { DataThreadOptions } from '../threads/data-calls.ts'
import { DemoColleague } from './demo/demo-colleague.ts'
import { demoStream } from './demo/demo-stream.ts'
import type { Engine } from './engine.ts'
import { idleStream } from './idle-stream.ts'
import { streamPattern } from './ingest/stream-topics.ts'

export interface OpenStreamDeps {
  readonly options: Pick<DataThreadOptions, 'kafka' | 'demo' | 'idleReason' | 'hasBackend' | 'team'>
  readonly engine: Pick<Engine, 'handlers' | 'calls' | 'isUnseen'>
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/** What this data thread reads: simulated servers, Kafka, or nothing. */
export function openStream({ options, engine, log, now }: OpenStreamDeps): Stream {
  const { kafka, demo, idleReason, hasBackend, team = '' } = options
  const { handlers, calls } = engine
  if (demo) {
    const colleague = new DemoColleague({ calls, startedAt: demo.startedAt })
    const stored = (at: number): void => {
      colleague.look(at).catch((cause: unknown) => log.debug('the simulated colleague failed', { cause }))
    }
    return demoStream({ demo, handlers, log: log.child({ part: 'demo' }), now, stored })
  }
  if (!kafka) return idleStream({ reason: idleReason, handlers, now })
  const topicPattern = streamPattern(kafka.topicPattern, hasBackend ? teamTopics(team) : undefined)
  return kafkaStream({
    settings: { ...kafka, topicPattern },
    handlers,
    isRelaxed: () => engine.isUnseen,
    log: log.child({ part: 'kafka' }),
    now,
  })
}
