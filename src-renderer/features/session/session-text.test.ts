import { expect, test } from 'vitest'
import { aSignedIn, aSignedOut } from '../../bridge/bridge-builders.ts'
import { unreachableText } from './session-text.ts'

test.for([
  [aSignedIn('viewer'), 0, 'Metrics and alerts continue.'],
  [aSignedOut(), 2, 'Metrics and alerts continue.'],
  [
    aSignedIn('operator'),
    2,
    'Metrics and alerts continue. ReMo sends your acknowledgements when the backend is back (2 waiting).',
  ],
  [
    aSignedIn('admin'),
    0,
    'Metrics and alerts continue. ReMo sends your acknowledgements and threshold changes when the backend is back.',
  ],
] as const)('%o, %d waiting: what an unreachable backend means', ([session, waiting, text]) => {
  expect(unreachableText(session, waiting)).toBe(text)
})
