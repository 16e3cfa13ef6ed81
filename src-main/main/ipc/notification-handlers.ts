import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** The test notification of the settings page: as real as that of an alert. */
export function notificationHandlers({
  notify,
  open,
}: Pick<IpcDeps, 'notify' | 'open'>): Pick<IpcHandlers, 'notifications.test'> {
  return {
    'notifications.test': async () => {
      const problem = await notify({
        tag: 'test',
        title: 'Test notification',
        body: 'Notifications of alerts look like this. A click opens ReMo.',
        withoutDetails: 'same',
        urgency: 'normal',
        onClick: open,
      })
      return problem === undefined ? { shown: true } : { shown: false, problem: sentence(problem) }
    },
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`
}
