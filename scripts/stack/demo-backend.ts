/** How the demo's backend is set, the same natively and in compose.yaml. */
export const demoBackend = {
  JWT_SECRET_KEY: 'remo-demo',
  REMO_DEMO: 'true',
  REGISTRATION: 'open',
  PASSWORD_MIN_LENGTH: '8',
} as const

/** Of the demo's PostgreSQL, for the user and the database `remo`. */
export const demoDatabasePassword = 'remo'

/** What a backend with REMO_DEMO seeds. */
export const demoAccount = { username: 'admin', password: 'admin123' } as const
