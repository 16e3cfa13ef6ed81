import type { Plugin } from 'vite'
import { samplesOf, sounds, wavFile } from './sound-wave.ts'

/** Adds `sounds/critical.wav` and the others to the build: src-main/main/sounds/sound-files.ts reads them. */
export function soundFiles(): Plugin {
  return {
    name: 'remo-sound-files',
    generateBundle() {
      for (const [name, notes] of Object.entries(sounds)) {
        this.emitFile({ type: 'asset', fileName: `sounds/${name}.wav`, source: wavFile(samplesOf(notes)) })
      }
    },
  }
}
