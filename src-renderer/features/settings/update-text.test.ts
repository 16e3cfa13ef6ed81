import { expect, test } from 'vitest'
import type { UpdatePhase } from '#shared/update/updates-view.ts'
import { anOffer, anUpdatesView } from '../../bridge/update-builders.ts'
import { updateSentence } from './update-text.ts'

const offer = anOffer()
const file = '/home/anna/.local/share/remo/updates/pending/remo_0.2.1_amd64.deb'
const at = (): string => '14:32'
/** Units have narrow spaces before them. */
const sentence = (phase: UpdatePhase, checkedAt: number | null = 0) =>
  updateSentence(anUpdatesView({ phase, checkedAt }), at).replace(/\s/g, ' ')

test('each state has its sentence', () => {
  expect([
    sentence({ kind: 'idle' }, null),
    sentence({ kind: 'idle' }),
    sentence({ kind: 'checking' }),
    sentence({ kind: 'available', offer }),
    sentence({ kind: 'downloading', offer, received: 40e6 }),
    sentence({ kind: 'ready', offer, file, way: { kind: 'password' }, onQuit: false }),
    sentence({ kind: 'ready', offer, file, way: { kind: 'itself' }, onQuit: false }),
    sentence({ kind: 'ready', offer, file, way: { kind: 'command', command: 'x', why: 'No pkexec.' }, onQuit: false }),
    sentence({ kind: 'installing', offer, file }),
    sentence({ kind: 'installed', offer }),
  ]).toEqual([
    'Not checked yet.',
    'Up to date, checked 14:32.',
    'Asking updates.example.org…',
    'Version 0.2.1 is available, 118 MB.',
    'Downloading version 0.2.1: 40 MB of 118 MB.',
    'Version 0.2.1 is downloaded and verified. The system asks for a password to install it.',
    'Version 0.2.1 is downloaded and verified. ReMo restarts to install it.',
    'Version 0.2.1 is downloaded and verified. No pkexec. Install it with this command, then restart ReMo.',
    'The system installs version 0.2.1. ReMo watches on.',
    'Version 0.2.1 is installed. ReMo uses it after a restart.',
  ])
})

test('without a feed nobody is asked, and a refused one says why', () => {
  expect([
    updateSentence(anUpdatesView({ feed: { kind: 'none' } }), at),
    updateSentence(anUpdatesView({ feed: { kind: 'refused', reason: 'It has no key.' } }), at),
  ]).toEqual(['No feed is set, so ReMo asks nobody.', 'It has no key.'])
})
