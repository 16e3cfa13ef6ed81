/** A library inside of Electron that security advisories name. */
export interface RuntimeComponent {
  readonly name: string
  /** SPDX expression of its own code. */
  readonly license: string
  /** Path of its package URL of type `generic`. */
  readonly purl: string
  /** Vendor and product in the CPE dictionary, by which scanners find advisories. */
  readonly cpe?: string
}

/** By the key of `process.versions`. What the runtime at hand does not name is left out. */
export const runtimeComponents: Readonly<Record<string, RuntimeComponent>> = {
  chrome: { name: 'Chromium', license: 'BSD-3-Clause', purl: 'chromium', cpe: 'google:chrome' },
  node: { name: 'Node.js', license: 'MIT', purl: 'node', cpe: 'nodejs:node.js' },
  v8: { name: 'V8', license: 'BSD-3-Clause', purl: 'v8' },
  ada: { name: 'Ada', license: 'MIT OR Apache-2.0', purl: 'ada' },
  ares: { name: 'c-ares', license: 'MIT', purl: 'c-ares', cpe: 'c-ares:c-ares' },
  brotli: { name: 'Brotli', license: 'MIT', purl: 'brotli', cpe: 'google:brotli' },
  icu: { name: 'ICU', license: 'Unicode-3.0', purl: 'icu', cpe: 'unicode:international_components_for_unicode' },
  llhttp: { name: 'llhttp', license: 'MIT', purl: 'llhttp', cpe: 'llhttp:llhttp' },
  nghttp2: { name: 'nghttp2', license: 'MIT', purl: 'nghttp2', cpe: 'nghttp2:nghttp2' },
  simdjson: { name: 'simdjson', license: 'Apache-2.0', purl: 'simdjson' },
  simdutf: { name: 'simdutf', license: 'MIT OR Apache-2.0', purl: 'simdutf' },
  undici: { name: 'undici', license: 'MIT', purl: 'undici', cpe: 'nodejs:undici' },
  uv: { name: 'libuv', license: 'MIT', purl: 'libuv', cpe: 'libuv:libuv' },
  uvwasi: { name: 'uvwasi', license: 'MIT', purl: 'uvwasi' },
  zlib: { name: 'zlib', license: 'Zlib', purl: 'zlib', cpe: 'zlib:zlib' },
}

/** Ships beside the program as a library of its own. Electron does not name its version. */
export const ffmpeg: RuntimeComponent = { name: 'FFmpeg', license: 'LGPL-2.1-or-later', purl: 'ffmpeg' }
