import { formatBytes } from '#shared/format/number.ts'
import type { UpdatePhase, UpdatesView } from '#shared/update/updates-view.ts'

/** State of the updates, one or two sentences. `at`: how a time is written. */
export function updateSentence({ feed, phase, checkedAt }: UpdatesView, at: (time: number) => string): string {
  if (feed.kind === 'none') return 'No feed is set, so ReMo asks nobody.'
  if (feed.kind !== 'set') return feed.reason
  if (phase.kind === 'idle') return checkedAt === null ? 'Not checked yet.' : `Up to date, checked ${at(checkedAt)}.`
  if (phase.kind === 'checking') return `Asking ${hostOf(feed.url)}…`
  return phaseSentence(phase)
}

function phaseSentence(phase: Extract<UpdatePhase, { offer: unknown }>): string {
  const { version, size } = phase.offer
  switch (phase.kind) {
    case 'available':
      return `Version ${version} is available, ${formatBytes(size)}.`
    case 'downloading':
      return `Downloading version ${version}: ${formatBytes(phase.received)} of ${formatBytes(size)}.`
    case 'ready':
      return `Version ${version} is downloaded and verified. ${wayText(phase)}`
    case 'installing':
      return `The system installs version ${version}. ReMo watches on.`
    case 'installed':
      return `Version ${version} is installed. ReMo uses it after a restart.`
  }
}

function wayText({ way }: Extract<UpdatePhase, { kind: 'ready' }>): string {
  if (way.kind === 'command') return `${way.why} Install it with this command, then restart ReMo.`
  return way.kind === 'password' ? 'The system asks for a password to install it.' : 'ReMo restarts to install it.'
}

/** Host of an address, with its port. */
function hostOf(url: string): string {
  return url.replace(/^https:\/\//, '').split('/')[0] ?? url
}
