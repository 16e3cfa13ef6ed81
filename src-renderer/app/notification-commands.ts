import type { Command } from '../commands/commands.svelte.ts'
import type { NotificationTest } from '../features/settings/notification-test.svelte.ts'
import type { AppState } from '../live/app-state.svelte.ts'

export interface NotificationCommandDeps {
  readonly app: AppState
  readonly test: NotificationTest
  /** Opens a section of the settings. */
  readonly show: (section: 'notifications' | 'sound') => void
}

/** What the command palette offers about notifications on every page. A setting that a flag or variable fixes has none. */
export function notificationCommands({ app, test, show }: NotificationCommandDeps): readonly Command[] {
  const { settings } = app
  const group = 'Notifications'
  const hidden = (): boolean => settings.values['notifications.hideDetails']
  const onlyMine = (): boolean => settings.values['notifications.nodes'] === 'mine'
  const canHide = (): boolean => !settings.locked('notifications.hideDetails')
  const canFilter = (): boolean => !settings.locked('notifications.nodes')
  const hide = (on: boolean) => () => void settings.set('notifications.hideDetails', on)
  return [
    {
      id: 'notifications.hide',
      title: 'Hide names and values in notifications',
      group,
      keys: [],
      when: () => canHide() && !hidden(),
      run: hide(true),
    },
    {
      id: 'notifications.show-names',
      title: 'Show names and values in notifications',
      group,
      keys: [],
      when: () => canHide() && hidden(),
      run: hide(false),
    },
    {
      id: 'notifications.mine',
      title: 'Notify about my nodes only',
      group,
      keys: [],
      when: () => canFilter() && !onlyMine(),
      run: () => {
        void settings.set('notifications.nodes', 'mine')
        // Without an entry, no alert would pop up: the operator has to see that.
        if (settings.values['notifications.myNodes'].length === 0) show('notifications')
      },
    },
    {
      id: 'notifications.all',
      title: 'Notify about all nodes',
      group,
      keys: [],
      when: () => canFilter() && onlyMine(),
      run: () => void settings.set('notifications.nodes', 'all'),
    },
    {
      id: 'notifications.test',
      title: 'Send a test notification',
      group,
      keys: [],
      run: () => {
        show('notifications')
        void test.send()
      },
    },
    { id: 'settings.sound', title: 'Sound settings', group, keys: [], run: () => show('sound') },
    { id: 'settings.notifications', title: 'Notification settings', group, keys: [], run: () => show('notifications') },
  ]
}
