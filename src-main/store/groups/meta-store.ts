import { randomUUID } from 'node:crypto'
import type { TeamTopicKind } from '#shared/team/team-topics.ts'
import { DamagedError } from '../errors.ts'
import type { MetaTable } from '../tables/meta-table.ts'
import type { Transactions } from '../transactions.ts'

const installationKey = 'installation-id'
const startedKey = 'stream.started'

/** Single values of this installation, by key. */
export class MetaStore {
  readonly #table: MetaTable
  readonly #transactions: Transactions

  constructor(table: MetaTable, transactions: Transactions) {
    this.#table = table
    this.#transactions = transactions
  }

  get(key: string): string | undefined {
    return this.#table.get(key)
  }

  set(key: string, value: string): void {
    this.#transactions.run(() => this.#table.set(key, value))
  }

  /** Random, and created once; the names of this console's consumer groups contain it. */
  installationId(): string {
    const id = this.#table.get(installationKey)
    if (id === undefined) throw new DamagedError('the installation id is gone')
    return id
  }

  /** A cache that has an id keeps it. */
  createInstallationId(): void {
    if (this.#table.get(installationKey) === undefined) this.set(installationKey, randomUUID())
  }

  /** The topic pattern with which reading began; `undefined` for a new cache, empty when it is not known. */
  startedWith(): string | undefined {
    return this.#table.get(startedKey)
  }

  setStartedWith(topicPattern: string): void {
    this.set(startedKey, topicPattern)
  }

  /** Id of the database that published the cached records of this topic; empty when it is not known. */
  teamDatabase(topic: TeamTopicKind): string {
    return this.#table.get(databaseKey(topic)) ?? ''
  }

  setTeamDatabase(topic: TeamTopicKind, id: string): void {
    this.set(databaseKey(topic), id)
  }
}

function databaseKey(topic: TeamTopicKind): string {
  return `team.database.${topic}`
}
