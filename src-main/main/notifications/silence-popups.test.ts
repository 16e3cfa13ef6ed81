import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { HiddenDetails } from '#shared/notification/notification-plan.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { TestPause } from './pause-builder.ts'
import { SilencePopups } from './silence-popups.ts'

const silence = aSilence()
const ended = { kind: 'ended', silence, at: 8_200_000, until: 8_200_000 } as const

function popups(operator: string | undefined) {
  const screen: { hidden: HiddenDetails | undefined } = { hidden: undefined }
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
    hidden: () => screen.hidden,
    open: () => undefined,
    now: () => 8_200_000,
  })
  return { silences, shown, pause, screen }
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

test.each(['locked', 'shared'] as const)('its comment is not on a screen that is %s', async (hidden) => {
  const { silences, shown, screen } = popups('kim')
  screen.hidden = hidden
  await silences.show([ended])
  expect(shown.map(({ title }) => title)).toEqual(['Silence ended'])
  expect(JSON.stringify(shown)).not.toContain('disk swap')
})

test('a popup that is on the screen loses its comment when the screen is locked, once', async () => {
  const { silences, shown, screen } = popups('kim')
  await silences.show([ended])
  await silences.update()
  screen.hidden = 'locked'
  await silences.update()
  await silences.update()
  expect(shown.map(({ title, isUpdate }) => [title, isUpdate])).toEqual([
    ['Silence ended: disk swap', false],
    ['Silence ended', true],
  ])
})

test('a popup that was closed does not come back when the screen is locked', async () => {
  const { silences, shown, screen } = popups('kim')
  await silences.show([ended])
  shown[0]?.onClose?.()
  screen.hidden = 'locked'
  await silences.update()
  expect(shown).toHaveLength(1)
})
