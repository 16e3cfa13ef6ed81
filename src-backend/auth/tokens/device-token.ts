import { createHmac, createSecretKey, randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { AccountRow } from '../accounts/repo.ts'

/**
 * Proof that a device has signed in to an account (OWASP, "device cookie"). It does not sign in: it only counts wrong
 * passwords of this device apart from those of everyone else. It ends with the password that it was issued for, so
 * a person who knew that password keeps no better way to guess the next one.
 */
export interface DeviceTokens {
  /** @param device id of a device that is known already; absent: a new one */
  sign(account: DeviceOwner, now: number, device?: string): Promise<string>
  /** @returns the id of the device; `undefined` for any token that does not prove it */
  read(token: string, account: DeviceOwner, now: number): Promise<string | undefined>
}

type DeviceOwner = Pick<AccountRow, 'id' | 'passwordHash'>

const algorithm = 'HS256'
const issuer = 'remo'
/** No other token signed with the same key passes as one of these, nor the other way round. */
const type = 'remo-device+jwt'
/** Browsers keep cookies at most this long (RFC 6265bis). */
const lifetimeSeconds = 400 * 86_400

const Payload = z.object({ sub: z.string(), dev: z.uuid(), pwd: z.string() })

export function createDeviceTokens(secretKey: string): DeviceTokens {
  const key = createSecretKey(secretKey, 'utf8')
  const fingerprint = (passwordHash: string): string =>
    createHmac('sha256', key).update(`device ${passwordHash}`).digest('base64url')
  return {
    sign: ({ id, passwordHash }, now, device = randomUUID()) => {
      const seconds = Math.floor(now / 1000)
      return new SignJWT({ dev: device, pwd: fingerprint(passwordHash) })
        .setProtectedHeader({ alg: algorithm, typ: type })
        .setIssuer(issuer)
        .setSubject(String(id))
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + lifetimeSeconds)
        .sign(key)
    },
    async read(token, { id, passwordHash }, now) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          typ: type,
          requiredClaims: ['exp'],
          currentDate: new Date(now),
        })
        const { sub, dev, pwd } = Payload.parse(payload)
        return sub === String(id) && pwd === fingerprint(passwordHash) ? dev : undefined
      } catch {
        return undefined // any other token: the device is unknown, which is a normal state
      }
    },
  }
}
