import { expect, test } from 'vitest'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { aSignedIn, aSignedOut } from '../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { Clock } from '../../live/clock.svelte.ts'
import { actionLabel, reachText } from './silence-action.ts'
import { RecentSilences } from './recent-silences.svelte.ts'
import { SilenceEditor } from './silence-editor.svelte.ts'

const now = 5_000_000
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

function anEditor(bridge = accepts()) {
  const app = new AppState(bridge.api, new Clock(() => now))
  app.session.now = { kind: 'standalone' }
  app.rules.items = [aRule()]
  app.alerts.items = [anAlert(), anAlert({ id: anId(2), nodeId: 'node-2' })]
  const recent = new RecentSilences(app)
  return { app, bridge, recent, editor: new SilenceEditor(app, recent) }
}

function accepts(): FakeBridge {
  const who = { createdBy: 'anna', createdAt: now, updatedBy: 'anna', updatedAt: now }
  return new FakeBridge({
    'silences.save': ({ id, version = 0, draft }) =>
      okReply({ ...draft, ...who, id: id ?? anId(70), version: version + 1 }),
    'silences.expire': ({ id }) => okReply(aSilence({ id, version: 2, expiredAt: now })),
  })
}

const saved = (bridge: FakeBridge) => bridge.requests.filter(({ call }) => call === 'silences.save')
const open = (change: Partial<Silence> = {}): Silence =>
  aSilence({ schedule: { kind: 'once', startsAt: now - 1000, endsAt: now + 3_600_000 }, ...change })

test('from an alert it is filled with its rule and its node', () => {
  const { editor } = anEditor()
  editor.startFor(anAlert())
  expect(editor.matchers).toEqual([aMatcher('rule', '=', aRule().id), aMatcher('node', '=', 'node-1')])
  expect([editor.open, editor.about]).toEqual([true, 'node-1 · CPU usage'])
  expect(plain(actionLabel(editor, now))).toBe('Silence 1 alert for 2 h')
})

test('without a comment nothing is sent', async () => {
  const { editor, bridge } = anEditor()
  editor.startFor(anAlert())
  expect(editor.canSave).toBe(false)
  expect(await editor.save()).toBe(false)
  expect(saved(bridge)).toEqual([])
  expect(editor.problems).toEqual({ comment: 'Write why, for your team.' })
})

test('a saved silence is in effect before its push arrives, and can be undone', async () => {
  const { app, editor, bridge, recent } = anEditor()
  editor.startFor(anAlert())
  editor.set({ comment: 'deploy' })
  expect(await editor.save()).toBe(true)
  expect(editor.open).toBe(false)
  expect(saved(bridge)).toMatchObject([{ request: { draft: { comment: 'deploy' } } }])
  expect(app.silences.alerts.map(({ id }) => id)).toEqual([anId(1)])
  expect(app.unacknowledged).toBe(1)
  await recent.undo()
  expect(bridge.requests.at(-1)).toEqual({ call: 'silences.expire', request: { id: anId(70) } })
})

test('the preview follows what is typed, before it is added', () => {
  const { editor } = anEditor()
  editor.start()
  editor.set({ typed: 'node=~"node-.*"' })
  expect(editor.preview.alerts).toHaveLength(2)
  editor.set({ typed: 'node=~"node-2"' })
  expect(editor.preview.alerts.map(({ nodeId }) => nodeId)).toEqual(['node-2'])
  expect(editor.addTyped()).toBe(true)
  expect([editor.form.typed, editor.form.matchers]).toEqual(['', [aMatcher('node', '=~', 'node-2')]])
})

test('text that cannot be read stays in its field, with the place', () => {
  const { editor } = anEditor()
  editor.start()
  editor.set({ typed: 'node==1' })
  expect(editor.problems).toEqual({})
  expect(editor.addTyped()).toBe(false)
  expect(editor.wrongPart).toMatchObject({ from: 5 })
  expect(editor.problems.matchers).toContain('Expected')
  expect(editor.form.typed).toBe('node==1')
})

test('chips become text and chips again; a rule has its name in the text', () => {
  const { editor } = anEditor()
  editor.startFor(anAlert())
  const { matchers } = editor
  editor.toggleText()
  expect([editor.asText, editor.form.typed]).toEqual([true, '{rule="CPU usage", node="node-1"}'])
  expect(editor.matchers).toEqual(matchers)
  editor.set({ typed: '{' })
  editor.toggleText()
  expect(editor.asText).toBe(true)
  editor.set({ typed: '{rule="CPU usage", node="node-1",}' })
  editor.toggleText()
  expect([editor.asText, editor.form.matchers]).toEqual([false, matchers])
})

test('a chip goes back into the field', () => {
  const { editor } = anEditor()
  editor.startFor(anAlert())
  editor.retype(0)
  expect([editor.form.typed, editor.form.matchers.length]).toEqual(['rule="CPU usage"', 1])
  expect(editor.matchers).toHaveLength(2)
})

test('a silence of everything is sent only after a second yes, and other matchers ask anew', async () => {
  const { editor, bridge } = anEditor()
  editor.start()
  editor.set({ typed: 'node=~".*"', comment: 'power cut' })
  expect([await editor.save(), editor.asked, saved(bridge).length]).toEqual([false, true, 0])
  expect(plain(actionLabel(editor, now))).toBe('Silence everything for 2 h')
  editor.set({ typed: 'node!="none"' })
  expect(editor.asked).toBe(false)
  expect(await editor.save()).toBe(false)
  expect(await editor.save()).toBe(true)
})

test('a refusal is shown, and nothing typed is lost', async () => {
  const { editor } = anEditor(new FakeBridge({ 'silences.save': () => failureReply('failed', 'The cache is full.') }))
  editor.startFor(anAlert())
  editor.set({ comment: 'deploy' })
  expect(await editor.save()).toBe(false)
  expect([editor.open, editor.problem?.message, editor.form.comment]).toEqual([true, 'The cache is full.', 'deploy'])
})

test('an edit sends the version that was opened', async () => {
  const { app, editor, bridge } = anEditor()
  app.silences.items = [open()]
  editor.edit(open())
  expect(actionLabel(editor, now)).toBe('Save changes')
  editor.set({ comment: 'longer' })
  await editor.save()
  expect(saved(bridge)).toMatchObject([{ request: { id: open().id, version: 1, draft: { comment: 'longer' } } }])
})

test('a change of another person is shown first: load it, or keep the own one', async () => {
  const { app, editor, bridge } = anEditor()
  app.silences.items = [open()]
  editor.edit(open())
  editor.set({ comment: 'mine' })
  app.silences.take(open({ version: 2, comment: 'theirs', updatedBy: 'ben' }))
  expect([editor.outdated, editor.canSave]).toEqual([true, false])
  editor.keepMine()
  expect([editor.outdated, editor.form.comment]).toEqual([false, 'mine'])
  await editor.save()
  expect(saved(bridge)).toMatchObject([{ request: { version: 2, draft: { comment: 'mine' } } }])
  editor.edit(open({ version: 2 }))
  app.silences.take(open({ version: 9, comment: 'theirs', updatedBy: 'ben' }))
  editor.loadTheirs()
  expect([editor.outdated, editor.form.comment]).toEqual([false, 'theirs'])
})

test('of a silence that was ended, the own version becomes a new one', async () => {
  const { app, editor, bridge } = anEditor()
  app.silences.items = [open()]
  editor.edit(open())
  app.silences.take(open({ version: 2, expiredAt: now }))
  editor.keepMine()
  await editor.save()
  expect(saved(bridge)[0]?.request).not.toHaveProperty('id')
})

test('what was typed from nothing is there again; a row begins anew', () => {
  const { editor } = anEditor()
  editor.start()
  editor.set({ comment: 'half done' })
  editor.close()
  editor.start()
  expect(editor.form.comment).toBe('half done')
  editor.startForNode('node-2')
  expect([editor.form.comment, editor.matchers]).toEqual(['', [aMatcher('node', '=', 'node-2')]])
})

test('a viewer opens nothing', () => {
  const { app, editor } = anEditor()
  app.session.now = aSignedIn('viewer')
  editor.startFor(anAlert())
  editor.edit(open())
  expect([editor.open, editor.canSave]).toEqual([false, false])
})

test.for([aSignedIn('viewer'), aSignedOut()])(
  '%o silences what this console says about itself, no node',
  async (session) => {
    const { app, editor, bridge } = anEditor()
    app.session.now = session
    expect([editor.maySilenceThese([anOwnAlert()]), editor.maySilenceThese([anOwnAlert(), anAlert()])]).toEqual([
      true,
      false,
    ])
    editor.startFor(anOwnAlert())
    editor.set({ comment: 'slow line' })
    expect(reachText(app.session, editor).text).toBe('Holds on this console only.')
    editor.set({ matchers: [aMatcher('node', '=', 'web-1')] })
    expect([editor.canSave, reachText(app.session, editor).text]).toEqual([false, app.session.denialReason('silence')])
    editor.set({ matchers: [aMatcher('kind', '=', 'lag')] })
    expect([await editor.save(), saved(bridge).length]).toEqual([true, 1])
  },
)

test('where it will hold', () => {
  const { app, editor } = anEditor()
  expect(reachText(app.session, editor).text).toBe('Holds on this console only.')
  app.session.now = aSignedIn('operator')
  expect(reachText(app.session, editor).text).toContain('every console of the team')
  app.session.now = aSignedIn('operator', { link: { reachable: false, since: now } })
  expect(reachText(app.session, editor)).toMatchObject({
    state: 'unknown',
    text: expect.stringContaining('Holds here at once'),
  })
})
