/** What a package fails to say about its license, and how it is known nevertheless. */
export interface LicenseCorrection {
  readonly license?: string
  readonly text?: string
  /** Shown beside the text. */
  readonly note: string
}

/** By name of the package. A correction that is no longer needed fails the build, so that the list stays true. */
export const licenseCorrections: Readonly<Record<string, LicenseCorrection>> = {
  lz4js: {
    text: `Copyright (c) John Chadwick

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
`,
    note: 'The package has no license file. Its package.json names the license and the author.',
  },
  'svelte-toolbelt': {
    license: 'MIT',
    note: 'The package.json names no license. The license file is that of MIT.',
  },
}
