import { Worker } from 'node:worker_threads'
import type { EngineFixture } from '../integration/engine-fixture.ts'
import type { HostProgram } from '../support/host-program.ts'

/** How the topics of a program are made and watched. */
export const besideLoad = { partitions: 3, windowMs: 10_000 }

/** A program that measures this computer while one core is busy. */
export interface BesideLoad {
  readonly program: HostProgram
  readonly stop: () => Promise<void>
}

/** Makes the topics, keeps one core busy, and starts the program that writes to them. */
export async function startBesideLoad(
  { kafka }: EngineFixture,
  topics: readonly { readonly topic: string }[],
  start: () => Promise<HostProgram>,
): Promise<BesideLoad> {
  for (const { topic } of topics) await kafka.createTopic(topic, besideLoad.partitions)
  const load = new Worker('for (;;) {}', { eval: true })
  const program = await start()
  return {
    program,
    stop: async () => {
      await program.stop()
      await load.terminate()
    },
  }
}
