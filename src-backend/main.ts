/**
 * One replica of the backend: ingest, API, outbox and jobs on one PostgreSQL and one Kafka. Exit codes: 130 and 143
 * after a signal, 1 after a failure, 78 for an invalid configuration or team topics of another database.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfigOrExit } from './config/load-config.ts'
import { gitRevision } from './observe/git-revision.ts'
import { createProcessLog } from './observe/process-log.ts'
import { runReplica } from './replica.ts'

const config = loadConfigOrExit()
const about = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
const { version } = JSON.parse(about) as { version: string }
const revision = config.revision ?? gitRevision()
await runReplica({ config, version, revision, log: createProcessLog(config) })
