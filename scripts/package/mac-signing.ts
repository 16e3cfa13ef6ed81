/** How electron-builder signs the app for macOS. */
interface MacSigning {
  /** Name of the certificate; `-` signs ad hoc; absent: electron-builder finds the certificate. */
  readonly identity?: string
  readonly hardenedRuntime: boolean
}

/**
 * With a certificate (`CSC_LINK`, a file, or `CSC_NAME`, in the keychain) the app is signed for distribution. Without
 * one it is signed ad hoc, because Apple silicon starts no program without a signature. The hardened runtime is then
 * off: it refuses the libraries of Electron, as an ad hoc signature names no team.
 */
export function macSigning(env: Readonly<Record<string, string | undefined>>): MacSigning {
  const hasCertificate = Boolean(env['CSC_LINK'] || env['CSC_NAME'])
  return hasCertificate ? { hardenedRuntime: true } : { identity: '-', hardenedRuntime: false }
}
