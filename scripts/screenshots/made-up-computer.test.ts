import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runQuietly } from '../bootstrap/run-command.mjs'
import { madeUpHosts, requireMadeUpComputer, unshareArgs } from './made-up-computer.ts'

const isPossible = await requireMadeUpComputer().then(
  () => true,
  () => false,
)

const look = `
const { homedir, networkInterfaces, userInfo } = require('node:os')
const { lookup } = require('node:dns/promises')
const found = async () => ({
  user: userInfo().username,
  home: homedir(),
  variables: Object.keys(process.env).filter((name) => name === 'LOGNAME' || name === 'MADE_BY'),
  interfaces: Object.keys(networkInterfaces()),
  backend: (await lookup('${madeUpHosts.backend}')).address,
})
found().then((all) => process.stdout.write(JSON.stringify(all)))`

test.skipIf(!isPossible)('a program there sees a made-up user, no network, and nothing of this session', async () => {
  const env = { ...process.env, MADE_BY: 'somebody', LOGNAME: 'somebody' }
  const { stdout } = await promisify(execFile)('unshare', unshareArgs(['--eval', look]), { env })
  expect(JSON.parse(stdout)).toEqual({
    user: 'anna',
    home: '/home/anna',
    variables: [],
    interfaces: ['lo'],
    backend: '127.0.0.1',
  })
})

test.skipIf(!isPossible)('it leaves nothing on this computer', async () => {
  await promisify(execFile)('unshare', unshareArgs(['--eval', 'process.exitCode = 0']))
  expect((await runQuietly('id', ['-u', 'anna'])).ok).toBe(false)
})
