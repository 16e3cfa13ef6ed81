// ReMo prints no colors of its own. The tools that it starts do.

/**
 * The environment for tools, so that none of them prints colors while NO_COLOR is set (https://no-color.org): some know
 * only FORCE_COLOR.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withColorChoice(env) {
  return env.NO_COLOR ? { ...env, FORCE_COLOR: '0', COMPOSE_ANSI: 'never' } : env
}
