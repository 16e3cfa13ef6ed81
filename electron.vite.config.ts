import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { licenseList } from './scripts/build/license-list.ts'
import { gitRevision } from './scripts/process/git-revision.ts'

/** Packages that the bundle of the main thread does not show: loaded at run time, or in the bundles of its threads. */
const besideMain = ['better-sqlite3', 'electron', 'kafkajs', 'snappyjs', 'lz4js', 'fzstd', '@noble/hashes']

// The oldest runtime the console must run on is Electron 33: Node 20, Chromium 130.
export default defineConfig({
  main: {
    plugins: [licenseList(besideMain)],
    define: { __REMO_REVISION__: JSON.stringify(gitRevision(import.meta.dirname)) },
    build: {
      target: 'node20',
      sourcemap: true,
      minify: false,
      // Everything is bundled, so that a packaged console carries no node_modules but the native one.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve('src-main/main/index.ts') },
        external: ['better-sqlite3', 'electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20',
      sourcemap: true,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve('src-main/preload/index.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    build: {
      target: 'chrome130',
      sourcemap: true,
      rollupOptions: { input: resolve('src-renderer/index.html') },
    },
    plugins: [svelte(), licenseList()],
  },
})
