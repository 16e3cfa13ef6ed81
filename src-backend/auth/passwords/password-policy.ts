import { readFileSync } from 'node:fs'

export interface PasswordOwner {
  readonly username: string
  readonly email: string
}

/** Shorter names occur in too many good passwords. */
const shortestName = 3

const common = new Set(
  readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== ''),
)

export function isCommonPassword(password: string): boolean {
  return common.has(fold(password))
}

/**
 * Why a password is refused, as a sentence; `undefined` if it is accepted. Only its length (in characters) and common
 * passwords matter. There are no rules of composition, nothing is trimmed, and nothing expires.
 */
export function passwordWeakness(
  password: string,
  { owner, minLength }: { owner: PasswordOwner; minLength: number },
): string | undefined {
  if ([...password].length < minLength) return `Use at least ${minLength} characters.`
  const folded = fold(password)
  if (isCommonPassword(password)) return 'This password is too common. Choose another.'
  const mailbox = owner.email.split('@')[0] ?? ''
  const names = [owner.username, owner.email, mailbox].map(fold).filter((name) => name.length >= shortestName)
  if (names.some((name) => folded.includes(name))) return 'The password must not contain the username or email address.'
  return undefined
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
