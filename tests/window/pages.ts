import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, preview, type Plugin } from 'vite'
import { freePort } from '../../scripts/process/free-port.ts'

const root = join(import.meta.dirname, '..', '..', 'src-renderer')

/** The pages that only tests and developers see, under the content security policy of the window. */
const windowPolicy: Plugin = {
  name: 'window-policy',
  transformIndexHtml: (html) => {
    const policy = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/.exec(
      readFileSync(join(root, 'index.html'), 'utf8'),
    )
    if (!policy) throw new Error('index.html has no content security policy')
    return html.replace('<head>', `<head>${policy[0]}`)
  },
}

/** Builds preview.html and gallery.html into `outDir` and serves them. */
export async function servePages(outDir: string): Promise<{ readonly address: string; close(): Promise<void> }> {
  const pages = ['preview.html', 'gallery.html'].map((name) => join(root, name))
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [svelte(), windowPolicy],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome130',
      chunkSizeWarningLimit: 4096,
      rollupOptions: { input: pages },
    },
  })
  const port = await freePort()
  const server = await preview({
    root,
    configFile: false,
    build: { outDir },
    preview: { host: '127.0.0.1', port, strictPort: true },
  })
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() }
}
