import { expect, test } from 'vitest'
import { closeChoice, closeQuestion } from './close-choice.ts'

test.for([
  ['tray', true, { kind: 'hide' }],
  ['tray', false, { kind: 'quit' }],
  ['quit', true, { kind: 'quit' }],
  ['quit', false, { kind: 'quit' }],
  ['ask', true, { kind: 'ask', canHide: true }],
  ['ask', false, { kind: 'ask', canHide: false }],
] as const)('%s with a tray icon: %s', ([close, hasTrayIcon, choice]) => {
  expect(closeChoice({ close, hasTrayIcon })).toEqual(choice)
})

test('without a tray icon, no answer hides the window', () => {
  expect(closeQuestion(true).answers).toContain('hide')
  expect(closeQuestion(false).answers).not.toContain('hide')
  for (const canHide of [true, false]) {
    const { buttons, answers } = closeQuestion(canHide)
    expect(answers).toHaveLength(buttons.length)
    expect(answers.at(-1)).toBeUndefined()
  }
})
