import { statSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { Connection } from '#shared/settings/connection.ts'
import { invitationLink, readInvitation } from '#shared/settings/invitation.ts'
import { CallError } from '../../threads/call-error.ts'

export interface InvitationsDeps {
  /** @throws CallError `not-found` */
  readonly connectionOf: (id: string) => Connection
  /** The native dialogs; `undefined` if the operator canceled. */
  readonly chooseToSave: (name: string) => Promise<string | undefined>
  readonly chooseToOpen: () => Promise<string | undefined>
}

/** More than any invitation: a file of this size is something else. */
const mostBytes = 262_144

/** Invitations for colleagues, and from them. Nothing that is read is saved. */
export class Invitations {
  readonly #deps: InvitationsDeps

  constructor(deps: InvitationsDeps) {
    this.#deps = deps
  }

  /** @throws CallError `failed` if the file of the authorities cannot be read */
  link(id: string): string {
    const connection = this.#deps.connectionOf(id)
    return invitationLink(connection, caText(connection))
  }

  /** @throws CallError `failed` if the file cannot be written */
  async save(id: string): Promise<{ saved: true; path: string } | { saved: false }> {
    const link = this.link(id)
    const path = await this.#deps.chooseToSave(`${id}.remo`)
    if (path === undefined) return { saved: false }
    await writeFile(path, `${link}\n`).catch((cause: unknown) => {
      throw new CallError('failed', `ReMo cannot write ${path} (${reasonOf(cause)}).`, { cause })
    })
    return { saved: true, path }
  }

  /** @throws CallError `bad-request` with what is wrong */
  read(text: string): DraftConnection {
    const result = readInvitation(text)
    if (!result.ok) throw new CallError('bad-request', result.problem)
    return { ...result.invitation, keyPasted: false }
  }

  async choose(): Promise<DraftConnection | undefined> {
    const path = await this.#deps.chooseToOpen()
    return path === undefined ? undefined : this.read(textOf(path))
  }
}

function caText({ ca, name }: Connection): string | undefined {
  if (ca === undefined || 'text' in ca) return ca?.text
  try {
    return readFileSync(ca.file, 'utf8')
  } catch (cause) {
    throw new CallError('failed', `ReMo cannot read the CA certificate of ${name} (${reasonOf(cause)}).`, { cause })
  }
}

function textOf(path: string): string {
  try {
    if (statSync(path).size > mostBytes) throw new CallError('bad-request', `${path} is too large for an invitation.`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof CallError) throw cause
    throw new CallError('failed', `ReMo cannot read ${path} (${reasonOf(cause)}).`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
