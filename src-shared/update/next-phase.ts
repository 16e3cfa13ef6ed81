import type { InstallWay, UpdateOffer, UpdatePhase } from './updates-view.ts'

/** What the last step has led to. Times in epoch ms. */
export interface UpdateProgress {
  readonly phase: UpdatePhase
  /** What a check that fails goes back to. */
  readonly before: UpdatePhase
  readonly checkedAt: number | null
  readonly problem: { readonly text: string; readonly at: number } | null
}

export type UpdateEvent =
  | { readonly kind: 'check' | 'download' | 'cancel' | 'install' }
  | { readonly kind: 'offered'; readonly offer: UpdateOffer | undefined; readonly at: number }
  | { readonly kind: 'progress'; readonly received: number }
  | { readonly kind: 'downloaded'; readonly file: string; readonly way: InstallWay }
  | { readonly kind: 'on-quit'; readonly onQuit: boolean }
  | { readonly kind: 'installed' }
  /** `way`: another one than was thought. */
  | { readonly kind: 'failed'; readonly text: string; readonly at: number; readonly way?: InstallWay }

const idle = { kind: 'idle' } as const
/** At the start, and after the feed has changed. */
export const noProgress: UpdateProgress = { phase: idle, before: idle, checkedAt: null, problem: null }

const from: Readonly<Record<UpdateEvent['kind'], ReadonlyArray<UpdatePhase['kind']>>> = {
  check: ['idle', 'available', 'ready'],
  offered: ['checking'],
  download: ['available'],
  progress: ['downloading'],
  downloaded: ['downloading'],
  cancel: ['downloading'],
  'on-quit': ['ready'],
  install: ['ready'],
  installed: ['installing'],
  failed: ['checking', 'downloading', 'installing', 'ready'],
}

/** Whether this step can follow: the same step twice, or an answer that comes too late, cannot. */
export function canFollow(phase: UpdatePhase, event: UpdateEvent['kind']): boolean {
  return from[event].includes(phase.kind)
}

/** The state after an event. An event that cannot follow changes nothing. */
export function nextProgress(now: UpdateProgress, event: UpdateEvent): UpdateProgress {
  if (!canFollow(now.phase, event.kind)) return now
  switch (event.kind) {
    case 'check':
      return { ...now, phase: { kind: 'checking' }, before: now.phase }
    case 'offered':
      return { phase: offered(now.before, event.offer), before: idle, checkedAt: event.at, problem: null }
    case 'failed':
      return { ...now, phase: failed(now, event.way), before: idle, problem: { text: event.text, at: event.at } }
    case 'progress':
    case 'on-quit':
      return { ...now, phase: moved(now.phase, event) }
    default:
      return { ...now, phase: moved(now.phase, event), problem: null }
  }
}

/** What is downloaded stays ready, unless the feed has something else by now. */
function offered(before: UpdatePhase, offer: UpdateOffer | undefined): UpdatePhase {
  if (offer === undefined) return idle
  const isSame = 'offer' in before && before.offer.version === offer.version && before.offer.size === offer.size
  return isSame ? { ...before, offer } : { kind: 'available', offer }
}

function failed({ phase, before }: UpdateProgress, way: InstallWay | undefined): UpdatePhase {
  if (phase.kind === 'checking') return before
  if (phase.kind === 'installing') return { ...phase, kind: 'ready', way: way ?? { kind: 'password' }, onQuit: false }
  if (phase.kind === 'downloading') return { kind: 'available', offer: phase.offer }
  return phase.kind === 'ready' ? { ...phase, way: way ?? phase.way, onQuit: false } : phase
}

type Step = Exclude<UpdateEvent, { kind: 'check' | 'offered' | 'failed' }>

function moved(phase: UpdatePhase, event: Step): UpdatePhase {
  if (!('offer' in phase)) return phase
  const { offer } = phase
  if (phase.kind === 'ready') {
    if (event.kind === 'on-quit') return { ...phase, onQuit: event.onQuit }
    return { kind: 'installing', offer, file: phase.file }
  }
  switch (event.kind) {
    case 'download':
      return { kind: 'downloading', offer, received: 0 }
    case 'progress':
      return { kind: 'downloading', offer, received: event.received }
    case 'downloaded':
      return { kind: 'ready', offer, file: event.file, way: event.way, onQuit: false }
    case 'installed':
      return { kind: 'installed', offer }
    default:
      return { kind: 'available', offer }
  }
}
