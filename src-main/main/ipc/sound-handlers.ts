import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

type SoundCalls = Pick<IpcHandlers, 'sound.test' | 'sound.chooseFile'>

/** Calls of the settings of sounds. */
export function soundHandlers({ sounds, chooseSound }: Pick<IpcDeps, 'sounds' | 'chooseSound'>): SoundCalls {
  return {
    'sound.test': ({ kind }) => sounds.test(kind),
    'sound.chooseFile': async () => {
      const file = await chooseSound()
      return file === undefined ? {} : { file }
    },
  }
}
