import { basename } from 'node:path'
import { longestSeconds, type Played } from './sound-player.ts'

type Failure = Extract<Played, { kind: 'failed' }>

/** What is wrong with the own file, to follow its name; `undefined`: it is not the fault of the file. */
export function fileFault({ reason }: Failure): string | undefined {
  if (reason === 'not-audio') return 'is no audio that ReMo can play'
  if (reason === 'too-long') return `is longer than ${longestSeconds} s`
  // A damaged file can crash a decoder.
  return reason === 'no-answer' ? 'could not be played' : undefined
}

export function fileSentence(path: string, fault: string): string {
  return `${basename(path)} ${fault}, so ReMo plays its own sounds.`
}

/** Why nothing was played at all. */
export function failureSentence({ reason, detail }: Failure): string {
  if (reason === 'no-output') return 'This computer has no sound output.'
  if (reason === 'broken-output') return 'The sound output of this computer does not work.'
  return `The sound could not be played: ${detail || reason}.`
}
