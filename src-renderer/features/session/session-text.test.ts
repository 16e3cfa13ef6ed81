import { expect, test } from 'vitest'
import { aSignedIn, aSignedOut } from '../../bridge/builders.ts'
import { awayText } from './session-text.ts'

test.for([
  [aSignedIn('viewer'), 0, 'Metrics and alerts go on.'],
  [aSignedOut(), 2, 'Metrics and alerts go on.'],
  [aSignedIn('operator'), 2, 'Metrics and alerts go on; acknowledgements are kept and sent later (2 waiting).'],
  [aSignedIn('admin'), 0, 'Metrics and alerts go on; acknowledgements and threshold changes are kept and sent later.'],
] as const)('%o, %d waiting: what an absent backend means', ([session, waiting, text]) => {
  expect(awayText(session, waiting)).toBe(text)
})
