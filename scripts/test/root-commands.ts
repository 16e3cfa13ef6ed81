/**
 * Runs dpkg as root for tests that run as an ordinary user, in the copy of the system of clean-root.ts. It listens on the
 * Unix socket REMO_ROOT_COMMANDS. A request is a JSON list of arguments; the answer has the exit code and all output.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const socket = process.env['REMO_ROOT_COMMANDS']
if (socket === undefined || !existsSync('/mnt/remo-checkout')) throw new Error('only clean-root.ts starts this')

createServer((request, response) => {
  void text(request).then((body) => {
    // Without waiting for the disk: this system ends with the tests. It changes nothing else.
    const args = ['--force-unsafe-io', ...(JSON.parse(body) as string[])]
    const { status, stdout, stderr } = spawnSync('dpkg', args, { encoding: 'utf8' })
    response.end(JSON.stringify({ code: status, output: `${stdout}${stderr}` }))
  })
}).listen(socket, () => chmodSync(socket, 0o666))
