import type { IpcReply, IpcRequest } from '#shared/ipc/contract.ts'
import { metricRangeOperation } from '#shared/rest/metrics.ts'
import type { RangeReply } from '../../../threads/read-calls.ts'
import type { ReadThread } from '../../ipc/ipc-deps.ts'
import { joinRange, segmentsOf, splitPoints } from './join-range.ts'
import type { BackendHistory } from './join-range.ts'
import type { CallBackend, BackendFailure } from '../rest/rest-client.ts'

type RangeRequest = IpcRequest<'samples.range'>
type Range = IpcReply<'samples.range'>

/** A range from the cache only. */
export function cachedRange({ from, to, series }: RangeReply): Range {
  return { from, to, series, segments: segmentsOf({ from, to }, from, 0) }
}

/** A range from the cache and, before the cache begins, from the backend. `missingReason` if the backend fails. */
export async function rangeWithHistory(
  read: Pick<ReadThread, 'call'>,
  call: CallBackend,
  request: RangeRequest,
): Promise<Range> {
  const cached = await read.call('samples.range', request)
  const { from, to, metrics } = request
  const boundary = Math.min(cached.cachedFrom ?? to, to)
  if (boundary - from < 1) return cachedRange(cached)
  const share = splitPoints(request.points, request, boundary)
  // One ms before the boundary: the backend includes the end of the range.
  const early = { from, to: cached.cachedFrom === null ? to : boundary - 1 }
  const [history, late] = await Promise.all([
    historyOf(call, { ...request, ...early, points: share.early }),
    boundary < to ? read.call('samples.range', { ...request, from: boundary, points: share.late }) : undefined,
  ])
  if ('missingReason' in history) {
    const segments = segmentsOf({ from: boundary, to }, boundary, 0)
    return { from, to, series: cached.series, segments, missingReason: history.missingReason }
  }
  const end = cached.cachedFrom === null ? Infinity : boundary
  const series = joinRange(metrics, history, { series: late?.series ?? [], boundary: end })
  return { from, to, series, segments: segmentsOf(request, boundary, history.resolution) }
}

async function historyOf(
  call: CallBackend,
  request: RangeRequest,
): Promise<BackendHistory | { readonly missingReason: string }> {
  const { nodeId, metrics, from, to, points } = request
  const response = await call(metricRangeOperation, {
    query: {
      node_id: nodeId,
      metrics: metrics.join(','),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      points: String(points),
    },
  })
  return response.ok ? { ...response.body, from, to, points } : { missingReason: missingSentence(response.failure) }
}

function missingSentence(failure: BackendFailure): string {
  if (failure.kind === 'signed-out') return 'Sign in to see older values from the backend.'
  if (failure.kind === 'unreachable') return 'Older values are not available: the backend does not answer.'
  return `Older values are not available: ${failure.problem.detail}`
}
