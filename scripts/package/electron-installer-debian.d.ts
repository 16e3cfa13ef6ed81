/** The part that is used; the package has no types. */
declare module 'electron-installer-debian' {
  interface Options {
    readonly [name: string]: unknown
    readonly name: string
    readonly version: string
    readonly packagePaths?: readonly string[]
  }

  /** Steps of a package, run in this order by debian-package.ts. */
  export class Installer {
    constructor(options: Readonly<Record<string, unknown>>)
    readonly options: Options
    readonly stagingDir: string
    /** Names of the methods that fill `stagingDir`, all at once. */
    get contentFunctions(): string[]
    generateDefaults(): Promise<unknown>
    generateOptions(): unknown
    createStagingDir(): Promise<void>
    createContents(): Promise<unknown>
    createPackage(): Promise<void>
    movePackage(): Promise<void>
  }

  /** `1.0.0-beta.1` → `1.0.0~beta.1`, which sorts before 1.0.0. */
  export function transformVersion(version: string): string
}
