/** A Docker engine for the container tests: a running one, else a private one. */
import { findCompose } from '../bootstrap/find-compose.mjs'
import { UserError } from '../bootstrap/console-output.mjs'
import { onPath } from '../bootstrap/find-program.mjs'
import { installEngine } from './engine-packages.ts'
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts'

export interface ContainerEngine {
  /** Environment variables for docker and compose. */
  readonly env: NodeJS.ProcessEnv
  /** Such as `['docker', 'compose']`. */
  readonly compose: readonly string[]
  /** Whether only these tests use it, with no other images on it. */
  readonly isPrivate: boolean
  /** Stops the private engine and its containers; does not touch any other engine. */
  release(): Promise<void>
}

/** @throws UserError with the reason if no engine answers and none can start here */
export async function provideEngine(): Promise<ContainerEngine> {
  await stopPrivateEngine() // from a killed run
  const compose = findCompose()
  if (compose) return { env: process.env, compose, isPrivate: false, release: () => Promise.resolve() }
  requirePrivateEngine()
  await installEngine()
  const host = await startPrivateEngine()
  const env = {
    ...process.env,
    DOCKER_HOST: host,
    // Debian's docker has no buildx, so only the legacy builder works
    DOCKER_BUILDKIT: '0',
    COMPOSE_DOCKER_CLI_BUILD: '0',
  }
  return { env, compose: ['docker-compose'], isPrivate: true, release: stopPrivateEngine }
}

function requirePrivateEngine(): void {
  const why =
    process.platform !== 'linux' || process.arch !== 'x64'
      ? `requires Linux on x64; this is ${process.platform} on ${process.arch}`
      : process.getuid?.() !== 0
        ? 'requires root'
        : !onPath('apt-get')
          ? 'requires apt-get'
          : undefined
  if (why)
    throw new UserError(
      `No Docker engine answers, and a private one ${why}. Start Docker, then run npm test containers.`,
    )
}
