/**
 * Fallback images with the names of the official ones, for machines without an image registry. They are built from
 * Debian, npm and Maven packages, so that compose.yaml works unchanged. Each has the label remo.standin=true. They are
 * only for tests on this machine, because they contain the host's certificates and npm registry.
 */
import { rmSync } from 'node:fs'
import { cachePath } from '../bootstrap/cache.mjs'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { printLine, secondsSince, UserError } from '../bootstrap/console-output.mjs'
import { importBase } from './base-image.ts'
import { fillKafka, fillNode, fillNothing, fillPostgres, type FillContext, makeContext } from './build-contexts.ts'
import type { ContainerEngine } from './container-engine.ts'

interface FallbackImage {
  /** Folder of the Dockerfile, relative to `stand-ins`. */
  name: string
  image: string
  fill: FillContext
}

const baseImage = 'debian:bookworm-slim'
/** Every image of compose.yaml and its Dockerfiles. */
export const fallbackImages: readonly FallbackImage[] = [
  { name: 'node', image: 'node:24-bookworm-slim', fill: fillNode },
  { name: 'kafka', image: 'apache/kafka:4.3.1', fill: fillKafka },
  { name: 'postgres', image: 'postgres:18-bookworm', fill: fillPostgres },
  { name: 'prometheus', image: 'prom/prometheus:v3.5.0', fill: fillNothing },
]
const pullWithinMs = 300_000

/** Provides every missing image: the official one if a registry answers, else the fallback. */
export async function provideImages(engine: ContainerEngine): Promise<void> {
  const missing: FallbackImage[] = []
  for (const fallback of fallbackImages) if (!(await isThere(engine, fallback.image))) missing.push(fallback)
  const [first] = missing
  if (!first) return
  if (await pull(engine, first.image)) {
    for (const { image } of missing) {
      if (!(await pull(engine, image)))
        throw new UserError(`Cannot pull ${image}. Run docker pull ${image} to see why.`)
    }
    return
  }
  printLine('no image registry is reachable: building substitutes for the official images from packages')
  if (!(await isThere(engine, baseImage))) await timed(baseImage, () => importBase(engine, baseImage))
  await Promise.all(missing.map((fallback) => timed(fallback.image, () => build(engine, fallback))))
}

async function isThere(engine: ContainerEngine, image: string): Promise<boolean> {
  return (await runQuietly('docker', ['image', 'inspect', image], { env: engine.env })).ok
}

async function pull(engine: ContainerEngine, image: string): Promise<boolean> {
  return (await runQuietly('docker', ['pull', '--quiet', image], { env: engine.env, limitMs: pullWithinMs })).ok
}

async function build(engine: ContainerEngine, { name, image, fill }: FallbackImage): Promise<void> {
  const context = cachePath('engine-contexts', name)
  await makeContext(context, name, fill)
  const args = ['build', '--network=host', ...proxyArguments(), '--tag', image, context]
  const { ok, output } = await runQuietly('docker', args, { env: { ...engine.env, DOCKER_BUILDKIT: '0' } })
  rmSync(context, { recursive: true, force: true })
  if (!ok) throw new UserError(`Building the substitute for ${image} failed: ${reasonIn(output)}`)
}

/** Docker passes these to RUN without storing them in the image. */
function proxyArguments(): string[] {
  const names = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()])
  return names.filter((name) => process.env[name]).flatMap((name) => ['--build-arg', name])
}

async function timed(image: string, make: () => Promise<void>): Promise<void> {
  const begin = Date.now()
  await make()
  printLine(`${image}: substitute built (${secondsSince(begin)})`)
}
