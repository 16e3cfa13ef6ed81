/** A Docker engine for the proof in containers: the one that answers, else a private one. */
import { findCompose } from '../bootstrap/find-compose.mjs'
import { UserError } from '../bootstrap/console-output.mjs'
import { onPath } from '../bootstrap/system.mjs'
import { installEngine } from './engine-packages.ts'
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts'

export interface ContainerEngine {
  /** Variables by which docker and compose find it. */
  readonly env: NodeJS.ProcessEnv
  /** As in `['docker', 'compose']`. */
  readonly compose: readonly string[]
  /** Ours alone: nobody else's images are on it. */
  readonly isPrivate: boolean
  /** Stops the private engine and all it runs; leaves any other alone. */
  release(): Promise<void>
}

/** @throws Stop with the reason when no engine answers and none can be started here */
export async function provideEngine(): Promise<ContainerEngine> {
  await stopPrivateEngine() // a killed run may have left one
  const compose = findCompose()
  if (compose) return { env: process.env, compose, isPrivate: false, release: () => Promise.resolve() }
  requirePrivateEngine()
  await installEngine()
  const host = await startPrivateEngine()
  const env = {
    ...process.env,
    DOCKER_HOST: host,
    // Debian's docker has no buildx, without which there is only the legacy builder
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
