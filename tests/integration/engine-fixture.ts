import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import type { BrokerFolder } from '../../scripts/stack/servers/broker.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { DataThread, type DataThreadChoice } from './engine-thread.ts'

/** A broker and a field producer per test file, and at most one data thread per test. */
export class EngineFixture {
  kafka!: StreamBroker
  field!: FieldProducer
  thread: DataThread | undefined

  /**
   * Registers the hooks that start and stop everything. Call it at the top of a test file.
   * @param properties further broker settings
   */
  static register(properties?: BrokerFolder['properties']): EngineFixture {
    const fixture = new EngineFixture()
    beforeAll(async () => {
      fixture.kafka = await startStreamBroker(properties)
      fixture.field = await new FieldProducer(fixture.kafka.bootstrap).connect()
    })
    afterEach(async () => {
      await fixture.thread?.stop()
      fixture.thread = undefined
    })
    afterAll(async () => {
      await fixture.field?.close()
      await fixture.kafka?.end()
    })
    return fixture
  }

  dirOf(name: string): string {
    const dir = join(this.kafka.dir, name)
    mkdirSync(dir, { recursive: true })
    return dir
  }

  /** @param name of the data folder: a second thread with this name continues on its data */
  startThread(name: string, options: Pick<DataThreadChoice, 'topicPattern' | 'hasBackend' | 'startAt'>): DataThread {
    return (this.thread = new DataThread({ dataDir: this.dirOf(name), bootstrap: this.kafka.bootstrap, ...options }))
  }
}
