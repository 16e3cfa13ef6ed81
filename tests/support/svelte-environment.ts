import type { Environment } from 'vitest/runtime'

/**
 * Tests of reactive modules: plain Node, but compiled as for the window. vite-plugin-svelte compiles for the server
 * otherwise, where effects do not run. Default export: vitest asks for one.
 */
const environment: Environment = {
  name: 'svelte-client',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
}
export default environment
