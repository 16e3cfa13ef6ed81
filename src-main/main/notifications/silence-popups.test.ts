import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { TestPause } from './pause-builder.ts'
import { SilencePopups } from './silence-popups.ts'

const silence = aSilence()
const ended = { kind: 'ended', silence, at: 8_200_000, until: 8_200_000 } as const

function popups(operator: string | undefined) {
  const shown: DesktopPopup[] = []
  const pause = new TestPause()
  const silences = new SilencePopups({
    show: (popup) => {
      shown.push(popup)
      return Promise.resolve(true)
    },
    pause,
    operator: () => operator,
    firing: () => [anAlert()],
    timeOf: () => '14:00',
    open: () => undefined,
    now: () => 8_200_000,
  })
  return { silences, shown, pause }
}

test('the author sees that a silence ended, and how many alerts still fire', async () => {
  const { silences, shown } = popups('kim')
  await silences.show([ended])
  expect(shown).toMatchObject([
    { tag: `silence ${silence.id}`, title: 'Silence ended: disk swap', body: '1 alert still fires.' },
  ])
})

test('a colleague does not', async () => {
  const { silences, shown } = popups('lee')
  await silences.show([ended])
  expect(shown).toEqual([])
})

test('do not disturb keeps it from the screen', async () => {
  const { silences, shown, pause } = popups('kim')
  pause.on()
  await silences.show([ended])
  expect(shown).toEqual([])
})
