import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { onPath } from '../../scripts/bootstrap/find-program.mjs'

const isThere = onPath('psql')

/** Moves the rows of the limit: with psql, or with a plain COPY of the same file if psql is missing. */
export const copyProgram = isThere ? 'psql \\copy' : 'COPY by pg-copy-streams (no psql here)'

/** Copies the rows of a file in COPY's text format into a table. */
export async function copyIn(url: string, table: string, file: string): Promise<void> {
  if (isThere) return psql(url, `\\copy ${table} from '${file}'`)
  await connected(url, (client) => pipeline(createReadStream(file), client.query(from(`copy ${table} from stdin`))))
}

/** Writes the rows of a query to a CSV file. */
export async function copyOut(url: string, query: string, file: string): Promise<void> {
  if (isThere) return psql(url, `\\copy (${query}) to '${file}' csv`)
  await connected(url, (client) => pipeline(client.query(to(`copy (${query}) to stdout csv`)), createWriteStream(file)))
}

async function psql(url: string, command: string): Promise<void> {
  const oneLine = command.replaceAll(/\s+/g, ' ') // a backslash command ends at the end of its line
  await promisify(execFile)('psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', `--command=${oneLine}`, url])
}

async function connected(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
