import type { Toast } from '#shared/ipc/toast-calls.ts'
import { okReply, type FakeBridge } from '../bridge/fake-bridge.ts'

export interface PreviewToastsOptions {
  /** How many notifications the system refused. */
  readonly toasts: number
}

const buttons = ['Acknowledge', 'Silence 1\u202fh', 'Open']
const examples: readonly Toast[] = [
  {
    tag: 'resolved',
    title: 'Resolved: node-4 CPU 71.0\u202f%',
    body: 'Was 97.2\u202f%, lasted 6\u202fm 10\u202fs.',
    urgency: 'low',
    isSticky: false,
    buttons: [],
  },
  {
    tag: 'alert node-2',
    title: '[CRITICAL] node-2 is offline',
    body: 'Server-Eiffel. Last seen 11:58:02.',
    urgency: 'critical',
    isSticky: true,
    buttons,
  },
  {
    tag: 'group cpu',
    title: '[CRITICAL] CPU > 95\u202f% on 43 nodes',
    body: 'web-117 99.6\u202f%, web-041 99.2\u202f%, web-003 98.8\u202f% and 40 more.',
    urgency: 'critical',
    isSticky: true,
    buttons: ['Acknowledge 43', 'Silence 1\u202fh', 'Open'],
  },
  {
    tag: 'blind',
    title: 'Monitoring is blind since 12:02:09',
    body: 'Kafka does not answer. Alerts may be missing.',
    urgency: 'critical',
    isSticky: true,
    buttons: ['Test connection', 'Open'],
  },
]

/** Notifications that the system of the simulated console refused. */
export function toastReplies({ toasts }: PreviewToastsOptions): FakeBridge['replies'] {
  return { 'toasts.list': () => okReply(examples.slice(0, toasts)), 'toasts.act': () => okReply({}) }
}
