import type { UpdatePhase, UpdatesView } from '#shared/update/updates-view.ts'
import { okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import { anOffer, anUpdatesView, aWhatsNew } from '../bridge/update-builders.ts'

export interface PreviewUpdatesOptions {
  /** `news`: this version runs for the first time. `image`: it is an AppImage. `command`: this computer has no pkexec. */
  readonly updates:
    | 'none'
    | 'source'
    | 'refused'
    | 'news'
    | 'idle'
    | 'failed'
    | 'available'
    | 'downloading'
    | 'ready'
    | 'image'
    | 'command'
    | 'installed'
}

const offer = anOffer()
const file = '/home/anna/.local/share/remo/updates/pending/remo_0.2.1_amd64.deb'
const ready = { kind: 'ready', offer, file, onQuit: false } as const
const command = {
  kind: 'command',
  command: `sudo apt install ${file}`,
  why: 'This computer has no pkexec, so ReMo cannot ask for the password.',
} as const

const phases: Partial<Record<PreviewUpdatesOptions['updates'], UpdatePhase>> = {
  available: { kind: 'available', offer },
  downloading: { kind: 'downloading', offer, received: 45e6 },
  ready: { ...ready, way: { kind: 'password' } },
  image: { ...ready, way: { kind: 'itself' } },
  command: { ...ready, way: command },
  installed: { kind: 'installed', offer },
}

const feeds: Partial<Record<PreviewUpdatesOptions['updates'], UpdatesView['feed']>> = {
  none: { kind: 'none' },
  news: { kind: 'none' },
  source: { kind: 'unsupported', reason: 'This ReMo runs from its source; update it with git.' },
  refused: {
    kind: 'refused',
    reason: 'The feed is not used: it has no public key, so nobody could tell who made an update. Set the key.',
  },
}

/** A console whose feed has one version. Nothing is downloaded. `at`: epoch ms, when it was last asked. */
export function updatesReplies(
  { updates }: PreviewUpdatesOptions,
  { at, push }: { readonly at: number; readonly push: (view: UpdatesView) => void },
): FakeBridge['replies'] {
  const feed = feeds[updates]
  let isUnseen = updates === 'news'
  let view = anUpdatesView({
    ...(feed === undefined ? {} : { feed }),
    phase: phases[updates] ?? { kind: 'idle' },
    checkedAt: phases[updates] === undefined ? null : at,
    problem: updates === 'failed' ? { text: 'The feed has no latest-linux.yml.', at } : null,
  })
  const become = (next: Partial<UpdatesView>) => {
    view = { ...view, ...next }
    push(view)
    return okReply(view)
  }
  return {
    'updates.get': () => okReply(view),
    'updates.check': () => become({ phase: { kind: 'available', offer }, checkedAt: Date.now(), problem: null }),
    'updates.download': () => become({ phase: { kind: 'downloading', offer, received: 45e6 } }),
    'updates.cancel': () => become({ phase: { kind: 'available', offer } }),
    'updates.install': () => become({ phase: { kind: 'installed', offer } }),
    'updates.restart': () => okReply(view),
    'updates.setOnQuit': ({ onQuit }) => become({ phase: { ...ready, way: { kind: 'itself' }, onQuit } }),
    'updates.whatsNew': () => okReply(aWhatsNew({ isUnseen })),
    'updates.seeWhatsNew': () => {
      isUnseen = false
      return okReply(aWhatsNew())
    },
  }
}
