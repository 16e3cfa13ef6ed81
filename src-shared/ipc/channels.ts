/** Names only: the preload bundles nothing else of the contract. Requests and replies are in contract.ts. */
export const ipcCalls = [
  'app.info',
  'health.get',
  'stream.reconnect',
  'live.snapshot',
  'samples.range',
  'samples.export',
  'alerts.list',
  'alerts.timeline',
  'alerts.acknowledge',
  'alerts.unacknowledge',
  'pending.list',
  'rules.list',
  'rules.save',
  'rules.remove',
  'session.get',
  'session.signIn',
  'session.signOut',
  'session.changePassword',
  'users.list',
  'users.create',
  'users.update',
  'actions.list',
  'actions.dismiss',
  'rejectedRecords.list',
  'gaps.list',
] as const
export type IpcCall = (typeof ipcCalls)[number]

/** Sent by the main process. Each is a change after a snapshot that the page has requested. */
export const ipcPushes = [
  'live.frame',
  'health.changed',
  'alerts.changed',
  'pending.changed',
  'rules.changed',
  'session.changed',
  'actions.changed',
  'navigate',
  'theme.changed',
] as const
export type IpcPush = (typeof ipcPushes)[number]
