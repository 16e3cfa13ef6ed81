// Finds a Docker engine that answers.
import { spawnSync } from 'node:child_process'
import { UserError } from './console-output.mjs'

const kinds = ['native', 'docker']

/**
 * @returns {readonly string[] | undefined} the compose command if a Docker engine answers; undefined: run natively
 * @throws UserError if REMO_STACK requires an engine and none answers
 */
export function findCompose() {
  const wanted = process.env.REMO_STACK || undefined
  if (wanted && !kinds.includes(wanted))
    throw new UserError(`REMO_STACK=${wanted} is not valid. Use one of: ${kinds.join(', ')}.`)
  if (wanted === 'native') return undefined
  const compose = engineAnswers() ? composeCommand() : undefined
  if (wanted === 'docker' && !compose) {
    throw new UserError(
      'REMO_STACK is docker, but no Docker engine with Compose answers. Start Docker or unset REMO_STACK.',
    )
  }
  return compose
}

function engineAnswers() {
  return succeeds('docker', ['version', '--format', '{{.Server.Version}}'])
}

function composeCommand() {
  return [['docker', 'compose'], ['docker-compose']].find(([command, ...args]) =>
    succeeds(command, [...args, 'version']),
  )
}

/** @param {string} command @param {readonly string[]} args */
function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0
}
