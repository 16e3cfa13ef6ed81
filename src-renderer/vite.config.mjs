// Only for `vite src-renderer`, which serves preview.html. The build reads electron.vite.config.ts.
import { svelte } from '@sveltejs/vite-plugin-svelte'

export default { plugins: [svelte()] }
