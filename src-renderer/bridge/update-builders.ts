import type { UpdateOffer, UpdatesView, WhatsNew } from '#shared/update/updates-view.ts'

export const anOffer = (part: Partial<UpdateOffer> = {}): UpdateOffer => ({
  version: '0.2.1',
  notes:
    '### Fixed\n\n- A console that wakes up while its network changes reads on at once.\n- The `rejected` list keeps its place.\n\nSee the [changelog](https://updates.example.org/CHANGELOG.md) for details.',
  size: 118e6,
  ...part,
})

/** A console with a feed, which was never asked. */
export const anUpdatesView = (part: Partial<UpdatesView> = {}): UpdatesView => ({
  installed: '0.2.0',
  feed: { kind: 'set', url: 'https://updates.example.org/remo/' },
  phase: { kind: 'idle' },
  checkedAt: null,
  problem: null,
  ...part,
})

export const aWhatsNew = (part: Partial<WhatsNew> = {}): WhatsNew => ({
  version: '0.2.0',
  notes:
    'Connections:\n\n- ReMo is set up in its window: a guide at the first start (connect, demo, invitation).\n- Several connections, each with its own cache, color and label.\n\nSettings:\n\n- A page for all settings (`Ctrl+,`), with `/` to find one.\n- Theme, a palette for color-blind people, density and motion.',
  isUnseen: false,
  ...part,
})
