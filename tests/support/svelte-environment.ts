import type { Environment } from 'vitest/runtime'

/**
 * Tests of reactive modules: plain Node, but compiled for the window. vite-plugin-svelte would compile for the server,
 * where effects do not run. vitest requires the default export.
 */
const environment: Environment = {
  name: 'svelte-client',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
}
export default environment
