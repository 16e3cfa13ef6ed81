import { z } from 'zod'
import { Role } from '../session/role.ts'
import { defineOperation } from './operation.ts'
import { Message, textField, Time } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** Letters, digits and `. _ @ + -` of any script: no character that imitates another one in a list of users. */
export const Username = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N}._@+-]+$/u, 'expected letters, digits and . _ @ + -')
  .refine((name) => name.isWellFormed(), 'expected valid Unicode')

/** Any text: no composition rules, no trimming. The limit bounds the cost of hashing. */
export const Password = textField(1, 256)

const Email = z.email().max(254)

/** A user's own profile. */
export const User = z.strictObject({
  id: z.int(),
  username: z.string(),
  email: z.string(),
  created_at: Time,
  role: Role,
})
export type User = z.infer<typeof User>

/**
 * `access_token` is for `Authorization: Bearer`. `refresh_token` is valid for one refresh, which returns the next one.
 */
const Tokens = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  /** Seconds. */
  expires_in: z.int(),
  refresh_token: z.string(),
})
export type Tokens = z.infer<typeof Tokens>

/**
 * Request and response header with the token of a device that has signed in. A client that sends it back can sign in
 * while others guess passwords of the account.
 */
export const deviceTokenHeader = 'Device-Token'

const RefreshToken = z.strictObject({ refresh_token: textField(1, 200) })
const NewUserBody = z.strictObject({ username: Username, email: Email, password: Password })

const ignoredText = textField(0, 1_000).optional().meta({ description: 'Ignored.' })

export const loginOperation = defineOperation({
  method: 'post',
  path: '/api/auth/login',
  access: 'public',
  tag: 'auth',
  summary: 'Sign in',
  headers: ['device-token'],
  // The form of the name is not checked: an impossible name is wrong like any other.
  body: {
    schema: z.strictObject({
      username: textField(1, 256),
      password: Password,
      // OAuth2 clients send these with the password grant. They change nothing.
      grant_type: ignoredText,
      scope: ignoredText,
      client_id: ignoredText,
      client_secret: ignoredText,
    }),
    form: true,
  },
  ok: { status: 200, body: Tokens, deviceToken: true },
  errors: [...bodyProblems, 'invalid_credentials', 'account_disabled'],
})

export const registerOperation = defineOperation({
  method: 'post',
  path: '/api/auth/register',
  access: 'public',
  tag: 'auth',
  summary: 'Register as a viewer, if registration is open',
  body: { schema: NewUserBody },
  ok: { status: 200, body: User },
  errors: [...bodyProblems, 'weak_password', 'registration_closed', 'user_exists'],
})

export const setUpOperation = defineOperation({
  method: 'post',
  path: '/api/auth/setup',
  access: 'public',
  tag: 'auth',
  summary: 'Create the first administrator with the setup token from the log',
  body: { schema: NewUserBody.extend({ token: textField(1, 200) }) },
  ok: { status: 201, body: User },
  errors: [...bodyProblems, 'weak_password', 'setup_refused', 'user_exists'],
})

export const refreshOperation = defineOperation({
  method: 'post',
  path: '/api/auth/refresh',
  access: 'public',
  tag: 'auth',
  summary: 'Exchange a refresh token for new tokens',
  body: { schema: RefreshToken },
  ok: { status: 200, body: Tokens },
  errors: [...bodyProblems, 'session_ended', 'account_disabled'],
})

export const logoutOperation = defineOperation({
  method: 'post',
  path: '/api/auth/logout',
  access: 'public',
  tag: 'auth',
  summary: 'Sign out: end the session of a refresh token',
  body: { schema: RefreshToken },
  ok: { status: 200, body: Message },
  errors: [...bodyProblems],
})

export const meOperation = defineOperation({
  method: 'get',
  path: '/api/auth/me',
  access: 'viewer',
  tag: 'auth',
  summary: 'The signed-in user',
  ok: { status: 200, body: User },
  errors: [],
})

export const changePasswordOperation = defineOperation({
  method: 'post',
  path: '/api/auth/password',
  access: 'viewer',
  tag: 'auth',
  summary: 'Change your password; ends your other sessions and returns new tokens',
  body: { schema: z.strictObject({ current_password: Password, new_password: Password }) },
  ok: { status: 200, body: Tokens, deviceToken: true },
  errors: [...bodyProblems, 'weak_password', 'invalid_credentials'],
})
