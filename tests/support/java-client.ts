import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { UserError } from '../../scripts/bootstrap/console-output.mjs'
import type { KafkaInstall } from '../../scripts/stack/servers/broker.ts'
import { ensureKafkaJars } from '../../scripts/stack/servers/kafka-install.ts'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export interface Transactional {
  /** Transactional id: a later producer with this id ends the open transaction of an earlier one. */
  readonly id: string
  /** The broker aborts a transaction that is open for longer. */
  readonly timeoutMs: number
}

export interface FlowOptions {
  readonly topic: string
  readonly partitions: number
  readonly perSecond: number
  /** Nodes of each partition. Default: 1. */
  readonly nodes?: number
  /** `{seq}` is the number of the record in its partition; also `{partition}`, `{node}` and `{time}`. */
  readonly value: string
}

/** Kafka's own producer and admin client, in a Java process. It ends with its open transactions left open. */
export class JavaClient {
  readonly #child
  readonly #answers: Array<(line: string) => void> = []
  readonly #exited: Promise<unknown>
  #flows = 0

  private constructor({ java, libs }: KafkaInstall, bootstrap: string) {
    const args = ['-Xmx128m', ...quickStart, '-cp', join(libs, '*'), source, bootstrap]
    this.#child = spawn(java, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#exited = once(this.#child, 'exit')
    process.once('exit', this.#killAtExit)
    const lines = createInterface({ input: this.#child.stdout })
    lines.on('line', (line) => this.#answers.shift()?.(line))
    lines.on('close', () => this.#answers.splice(0).forEach((answer) => answer('error the Java process ended')))
  }

  /** @throws UserError without the compiler of a JDK */
  static async start(bootstrap: string): Promise<JavaClient> {
    const install = await ensureKafkaJars(() => undefined)
    const modules = execFileSync(install.java, ['--list-modules'], { encoding: 'utf8' })
    if (!modules.includes('jdk.compiler'))
      throw new UserError('These tests compile a Java program. Install a JDK (Debian: default-jdk-headless).')
    return new JavaClient(install, bootstrap)
  }

  /** A producer with acks of all replicas, idempotent. Transactional if told so. */
  async producer(
    name: string,
    compression: Compression = 'none',
    transactional?: Transactional,
  ): Promise<JavaProducer> {
    const { id, timeoutMs } = transactional ?? { id: '-', timeoutMs: 0 }
    await this.#run(`producer ${name} ${compression} ${id} ${timeoutMs}`)
    return {
      begin: () => this.#run(`begin ${name}`),
      send: (topic, partition, values) =>
        this.#run([`send ${name} ${topic} ${partition} ${values.length}`, ...values].join('\n')),
      commit: () => this.#run(`commit ${name}`),
      abort: () => this.#run(`abort ${name}`),
    }
  }

  /** Makes the broker the leader of the partition. */
  lead(topic: string, partition: number, broker: number): Promise<string> {
    return this.#run(`lead ${topic} ${partition} ${broker}`)
  }

  /** Sends to all partitions in turn, at a steady pace, until it is halted. */
  async flow({ topic, partitions, perSecond, nodes = 1, value }: FlowOptions): Promise<JavaFlow> {
    const name = `flow-${this.#flows++}`
    await this.producer(name)
    await this.#run(`flow ${name} ${topic} ${partitions} ${perSecond} ${nodes}\n${value}`)
    const counts = async (command: string) => (await this.#run(`${command} ${name}`)).split(',').map(Number)
    return { sent: () => counts('sent'), halt: () => counts('halt') }
  }

  async end(): Promise<void> {
    this.#child.stdin.end()
    await this.#exited
    process.removeListener('exit', this.#killAtExit)
  }

  readonly #killAtExit = () => this.#child.kill('SIGKILL')

  async #run(command: string): Promise<string> {
    const answer = await new Promise<string>((resolve) => {
      this.#answers.push(resolve)
      this.#child.stdin.write(`${command}\n`)
    })
    if (!answer.startsWith('ok')) throw new Error(`Java: ${command.split('\n')[0]}: ${answer}`)
    return answer.slice('ok '.length)
  }
}

export interface JavaProducer {
  begin(): Promise<string>
  /** Resolves when the broker has stored the values. */
  send(topic: string, partition: number, values: readonly string[]): Promise<string>
  commit(): Promise<string>
  abort(): Promise<string>
}

export interface JavaFlow {
  /** Records of each partition handed to the producer so far. */
  sent(): Promise<number[]>
  /** Resolves when the brokers have stored all. @returns the number of records of each partition */
  halt(): Promise<number[]>
}

const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const source = join(import.meta.dirname, 'java', 'KafkaClient.java')
