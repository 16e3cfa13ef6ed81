import { z } from 'zod'
import { Role } from '../session/role.ts'
import { Password, User, Username } from './auth.ts'
import { defineOperation } from './operation.ts'
import { IdParam, pageQuery, Time } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** A user as administrators see them. */
export const Account = User.extend({ disabled: z.boolean(), last_sign_in: Time.nullable() })
export type Account = z.infer<typeof Account>

export const listUsersOperation = defineOperation({
  method: 'get',
  path: '/api/users',
  access: 'admin',
  tag: 'users',
  summary: 'All users, by name',
  query: z.object(pageQuery),
  ok: { status: 200, body: z.array(Account), pages: true },
  errors: [],
})

/** Of a user who can act on alerts. */
const UserName = z.strictObject({ username: z.string() })

/** To whom an alert can be assigned. Nothing else about a user, because operators are no administrators. */
export const listUserNamesOperation = defineOperation({
  method: 'get',
  path: '/api/users/names',
  access: 'operator',
  tag: 'users',
  summary: 'Names of the users who can act on alerts, by name',
  query: z.object({ ...pageQuery, limit: pageQuery.limit.prefault('500') }),
  ok: { status: 200, body: z.array(UserName), pages: true },
  errors: [],
})

export const createUserOperation = defineOperation({
  method: 'post',
  path: '/api/users',
  access: 'admin',
  tag: 'users',
  summary: 'Create a user',
  body: {
    schema: z.strictObject({ username: Username, email: z.email().max(254), password: Password, role: Role }),
  },
  ok: { status: 201, body: Account },
  errors: [...bodyProblems, 'weak_password', 'user_exists'],
})

export const updateUserOperation = defineOperation({
  method: 'patch',
  path: '/api/users/:id',
  access: 'admin',
  tag: 'users',
  summary: 'Change the role, state or password of a user; ends all their sessions',
  params: IdParam,
  body: {
    schema: z.strictObject({ role: Role.optional(), disabled: z.boolean().optional(), password: Password.optional() }),
  },
  ok: { status: 200, body: Account },
  errors: [...bodyProblems, 'weak_password', 'user_not_found', 'last_admin'],
})
