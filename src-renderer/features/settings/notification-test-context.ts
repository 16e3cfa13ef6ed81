import { getContext, setContext } from 'svelte'
import type { NotificationTest } from './notification-test.svelte.ts'

const token = Symbol('notification test')

/** One for the window: the command of the palette and the page of settings show the same result. */
export function provideNotificationTest(test: NotificationTest): void {
  setContext(token, test)
}

export function useNotificationTest(): NotificationTest {
  const test = getContext<NotificationTest | undefined>(token)
  if (!test) throw new Error('useNotificationTest outside of <App>')
  return test
}
