import { AlertId } from '#shared/alert/alert.ts'

/** `remo://alert/<id>` → the alert; anything else → `undefined`. Links come from outside: nothing else is believed. */
export function alertIdOfLink(link: string): string | undefined {
  const match = /^remo:\/\/alert\/([0-9a-f-]{36})\/?$/i.exec(link)
  const id = AlertId.safeParse(match?.[1]?.toLowerCase())
  return id.success ? id.data : undefined
}
