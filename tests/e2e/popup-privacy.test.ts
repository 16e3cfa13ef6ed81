import { lastCall, openWithThreshold, received, sendCpu, sendUntilFiring } from '../support/popup-steps.ts'
import { ScreenSaver } from '../support/screen-lock.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['other', 'secret-1'] })

test('on a locked screen a popup has a number only; unlocking brings the text and the buttons', async ({
  launch,
  producer,
  notifications,
  desktop,
}) => {
  const screen = await ScreenSaver.start(desktop.env.DBUS_SESSION_BUS_ADDRESS ?? '', 'org.freedesktop.ScreenSaver')
  try {
    const { console } = await openWithThreshold(launch, producer, 'secret-.*')
    screen.activate(true)
    await sendUntilFiring(console, 1, () => sendCpu(producer, 'secret-1', 97.2))
    await expect.poll(() => received(notifications)).toEqual(['1 critical alert | Unlock to see it.'])
    expect(lastCall(notifications)).toMatchObject({ buttons: [], urgency: 'critical', isSticky: true })

    screen.activate(false)
    await expect.poll(() => notifications.calls().length).toBe(2)
    expect(lastCall(notifications)).toMatchObject({
      summary: '[CRITICAL] secret-1 CPU 97.2 % > 90 %',
      buttons: ['Acknowledge', 'Silence 1 h', 'Open'],
    })
    expect(lastCall(notifications)?.replaces).not.toBe(0)
    screen.activate(true)
    await expect.poll(() => received(notifications).at(-1)).toBe('1 critical alert | Unlock to see it.')
    expect(notifications.displayed()).toBe(1)
  } finally {
    screen.stop()
  }
})
