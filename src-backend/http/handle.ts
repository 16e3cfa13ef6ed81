import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Operation } from '#shared/rest/operation.ts'
import { mayAccess } from '#shared/session/role.ts'
import type { Request, Response } from 'express'
import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { parseBody } from './body.ts'
import { type EncodedBody, hasEtag } from './encoded-body.ts'
import { findResponse, type KeyedRequest, saveResponse, type StoredResponse } from './idempotency-repo.ts'
import { idempotencyKeyOf, parseRequest, singleQuery, versionOf } from './parse-request.ts'
import { apiError } from './problem.ts'
import type { Actor, ApiCall, ApiRoute, HandlerResult } from './route.ts'

export interface HandleDeps {
  readonly pool: Pool
  readonly now: () => number
  /** @throws ApiError if the header identifies nobody */
  readonly authenticate: (authorization: string | undefined) => Promise<Actor>
  /**
   * Whether responses are checked against their contract: in tests. A wrong one is an error of the backend, not of the
   * client.
   */
  readonly checkResponses: boolean
}

/** Handles a request: authentication, role, body, validation, handler, response. Every route has the same order. */
export function handle(deps: HandleDeps, route: ApiRoute): (req: Request, res: Response) => Promise<void> {
  const { operation } = route
  return async (req, res) => {
    const signal = disconnectSignal(res)
    try {
      const actor = await actorOf(deps, operation, req)
      const body = operation.body && (await parseBody(operation.body, req, res))
      const call = callOf(deps, operation, { req, res, actor, body, signal })
      await send(req, res, { ...(await responseOf(deps, route, call)), signal })
    } catch (error) {
      // A client that disconnects is not a failure, and cannot receive a response.
      if (!signal.aborted || !isDisconnect(error)) throw error
    }
  }
}

async function send(
  req: Request,
  res: Response,
  { status, headers, body, encoded, stream, signal }: Outgoing & { readonly signal: AbortSignal },
): Promise<void> {
  res.status(status).set(headers)
  if (encoded) return sendEncoded(req, res, encoded)
  if (stream) await sendStream(req, res, { stream, signal })
  else if (body === undefined) res.end()
  else res.type('application/json').send(JSON.stringify(body))
}

/** Clients may keep the body, and ask before each use whether it is still current. */
function sendEncoded(req: Request, res: Response, { json, etag }: EncodedBody): void {
  res.set({ 'Cache-Control': 'private, no-cache', ETag: etag })
  if (hasEtag(req.get('if-none-match'), etag)) res.status(304).end()
  else res.type('application/json').send(json)
}

async function sendStream(
  req: Request,
  res: Response,
  { stream, signal }: { readonly stream: Readable; readonly signal: AbortSignal },
): Promise<void> {
  if (req.method !== 'HEAD') return pipeline(stream, res.on('timeout', cutUnlessIdle), { signal })
  stream.destroy() // a HEAD response has no body
  res.end()
}

/** Connected from the start: a client may disconnect before it is authenticated. */
function disconnectSignal(res: Response): AbortSignal {
  const controller = new AbortController()
  res.once('close', () => controller.abort())
  return controller.signal
}

/**
 * On an idle connection: if data is queued, the client does not read, so it is cut off. Otherwise the stream has
 * nothing to send yet and may take its time.
 */
function cutUnlessIdle(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy()
  else socket.setTimeout(socket.timeout ?? 0)
}

/** Whether the error only says that the client disconnected. */
function isDisconnect(error: unknown): boolean {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown }
  return name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

async function actorOf({ authenticate }: HandleDeps, { access }: Operation, req: Request): Promise<Actor | undefined> {
  if (access === 'public') return undefined
  const actor = await authenticate(req.headers.authorization)
  if (mayAccess(actor.role, access)) return actor
  throw apiError('forbidden', `This requires the role ${access}. Your role is ${actor.role}.`)
}

interface Incoming {
  readonly req: Request
  readonly res: Response
  readonly actor: Actor | undefined
  readonly body: unknown
  readonly signal: AbortSignal
}

function callOf(
  deps: HandleDeps,
  operation: Operation,
  { req, res, actor, body, signal }: Incoming,
): ApiCall<Operation> {
  const search = searchOf(req.originalUrl)
  const parts = parseRequest(
    { params: operation.params, query: operation.query, body: operation.body?.schema },
    {
      params: { ...req.params },
      query: operation.query && singleQuery(new URLSearchParams(search), operation.query),
      body,
    },
  )
  const uses = (name: NonNullable<Operation['headers']>[number]): boolean => operation.headers?.includes(name) ?? false
  return {
    ...parts,
    actor,
    pool: deps.pool,
    tx: (run) => withTx(deps.pool, run),
    now: deps.now(),
    requestId: String(res.locals['requestId']),
    ifMatch: uses('if-match') ? versionOf(req.headers['if-match']) : undefined,
    idempotencyKey: uses('idempotency-key') ? idempotencyKeyOf(req.get('idempotency-key')) : undefined,
    deviceToken: uses('device-token') ? req.get('device-token') : undefined,
    ip: req.ip ?? '',
    url: req.path + search,
    signal,
  } as ApiCall<Operation>
}

/** Without `URL`: the request target may be an absolute URL, even of a host that does not exist. */
function searchOf(address: string): string {
  const begin = address.indexOf('?')
  return begin < 0 ? '' : address.slice(begin)
}

type Outgoing = StoredResponse & Pick<HandlerResult<Operation>, 'stream' | 'encoded'>

async function responseOf(deps: HandleDeps, route: ApiRoute, call: ApiCall<Operation>): Promise<Outgoing> {
  const { idempotencyKey: key, actor } = call
  const run = async (given: ApiCall<Operation>): Promise<Outgoing> =>
    outgoing(deps, route.operation, [await route.handler(given), given])
  if (key === undefined || actor === undefined) return run(call)
  const { method } = route.operation
  const request: KeyedRequest = { accountId: actor.accountId, key, method, path: call.url, body: call.body }
  return withTx(deps.pool, async (db: Db) => {
    const before = await findResponse(db, request)
    if (before) return before
    const result = await run({ ...call, tx: (change) => change(db) })
    await saveResponse(db, request, result)
    return result
  })
}

function outgoing(
  { checkResponses }: HandleDeps,
  { ok }: Operation,
  [result, call]: readonly [HandlerResult<Operation>, ApiCall<Operation>],
): Outgoing {
  const { body, encoded, stream, next, version, headers = {} } = result
  if (checkResponses && ok.body && !stream) ok.body.parse(encoded ? JSON.parse(String(encoded.json)) : body)
  return {
    status: ok.status,
    headers: {
      'Cache-Control': 'no-store',
      ...(next === undefined ? {} : { Link: `<${pageAfter(call.url, next)}>; rel="next"` }),
      ...(version === undefined ? {} : { ETag: `"${version}"` }),
      ...(ok.type === undefined ? {} : { 'Content-Type': ok.type }),
      ...headers,
    },
    body,
    ...(stream === undefined ? {} : { stream }),
    ...(encoded === undefined ? {} : { encoded }),
  }
}

function pageAfter(url: string, cursor: string): string {
  const next = new URL(url, 'http://backend')
  next.searchParams.set('cursor', cursor)
  return next.pathname + next.search
}
