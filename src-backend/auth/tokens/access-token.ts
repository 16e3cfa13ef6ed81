import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { apiError } from '../../http/problem.ts'

export const accessTokenSeconds = 600

const algorithm = 'HS256'
const issuer = 'remo'
const audience = 'remo-api'
/** RFC 9068: no other token signed with this key passes as an access token. */
const type = 'at+jwt'
/** How far the clocks of replicas may differ. */
const skewSeconds = 30

/** Contents of an access token. It has no role: the database knows the permissions. */
export interface AccessClaims {
  readonly accountId: number
  readonly familyId: string
  /** `token_version` of the account when it was signed. */
  readonly version: number
}

export interface AccessTokens {
  sign(claims: AccessClaims, now: number): Promise<string>
  /** @throws ApiError `session_ended` if it has expired, `unauthenticated` if this backend did not sign it */
  read(token: string, now: number): Promise<AccessClaims>
}

const Payload = z.object({
  sub: z.string().regex(/^[1-9]\d{0,9}$/),
  fam: z.uuid(),
  ver: z.int().positive(),
})

export function createAccessTokens(secretKey: string): AccessTokens {
  const key = createSecretKey(secretKey, 'utf8')
  return {
    sign: ({ accountId, familyId, version }, now) => {
      const seconds = Math.floor(now / 1000)
      return new SignJWT({ fam: familyId, ver: version })
        .setProtectedHeader({ alg: algorithm, typ: type })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(String(accountId))
        .setIssuedAt(seconds)
        .setNotBefore(seconds)
        .setExpirationTime(seconds + accessTokenSeconds)
        .sign(key)
    },
    async read(token, now) {
      try {
        const { payload } = await jwtVerify(token, key, {
          // Exactly one, so that no token can choose how it is checked.
          algorithms: [algorithm],
          issuer,
          audience,
          typ: type,
          requiredClaims: ['exp', 'nbf', 'iat'],
          clockTolerance: skewSeconds,
          currentDate: new Date(now),
        })
        const { sub, fam, ver } = Payload.parse(payload)
        return { accountId: Number(sub), familyId: fam, version: ver }
      } catch (cause) {
        if (cause instanceof errors.JWTExpired) {
          throw apiError('session_ended', 'The access token has expired. Refresh it, or sign in again.')
        }
        throw apiError('unauthenticated', 'The access token is not valid. Sign in again.')
      }
    },
  }
}
