import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { licenseList } from './scripts/build/license-list.ts'
import { packagesBesideBundles, sqliteLicense } from './scripts/build/native-licenses.ts'
import { soundFiles } from './scripts/build/sound-files.ts'
import { gitRevision } from './scripts/process/git-revision.ts'

// The oldest runtime the console must run on is Electron 33: Node 20, Chromium 130.
export default defineConfig({
  main: {
    plugins: [licenseList(packagesBesideBundles(), [sqliteLicense()]), soundFiles()],
    define: {
      __REMO_REVISION__: JSON.stringify(gitRevision(import.meta.dirname)),
      __REMO_CHANGELOG__: JSON.stringify(readFileSync(resolve('CHANGELOG.md'), 'utf8')),
    },
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
        // They share no module: a sandboxed preload is one file.
        input: { index: resolve('src-main/preload/index.ts'), player: resolve('src-main/preload/player.ts') },
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
