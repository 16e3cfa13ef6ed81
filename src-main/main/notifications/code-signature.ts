import { execFile } from 'node:child_process'

/** Whose signature an app of macOS has. `unknown`: macOS did not tell. */
export type CodeSignature = 'certificate' | 'ad-hoc' | 'none' | 'unknown'

export interface CodesignResult {
  readonly ok: boolean
  /** All that it printed. */
  readonly output: string
}

/** What `codesign --display --verbose=2` says. */
export function readCodesign({ ok, output }: CodesignResult): CodeSignature {
  if (/^.*: code object is not signed at all$/m.test(output)) return 'none'
  if (!ok) return 'unknown'
  if (/^Signature=adhoc$/m.test(output)) return 'ad-hoc'
  return /^Authority=./m.test(output) ? 'certificate' : 'unknown'
}

/** The folder of the app that this program is in; `undefined` outside of one. */
export function bundleOf(execPath: string): string | undefined {
  return /^(.+\.app)\/Contents\/MacOS\/[^/]+$/.exec(execPath)?.[1]
}

export interface SignatureDeps {
  readonly platform: NodeJS.Platform
  readonly isPackaged: boolean
  readonly execPath: string
  readonly codesign: (bundle: string) => Promise<CodesignResult>
}

/**
 * The signature of the app that runs. `unknown` on other systems, and for an app that is started from its sources: that
 * is a bare Electron.
 */
export async function ownSignature(deps: SignatureDeps): Promise<CodeSignature> {
  const bundle = deps.platform === 'darwin' && deps.isPackaged ? bundleOf(deps.execPath) : undefined
  return bundle === undefined ? 'unknown' : readCodesign(await deps.codesign(bundle))
}

/** A part of macOS, so it is at the same place everywhere.. */
export function askCodesign(bundle: string): Promise<CodesignResult> {
  return new Promise((resolve) => {
    const args = ['--display', '--verbose=2', bundle]
    execFile('/usr/bin/codesign', args, { timeout: 10_000 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: `${stdout}${stderr}` }),
    )
  })
}
