import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { certificateFacts } from '#shared/settings/certificate-facts.ts'
import type { PemSource } from '#shared/settings/connection.ts'
import { checkPem, type PemCheck, type PemCrypto, type PemRole } from '#shared/settings/pem-input.ts'

export const nodePemCrypto: PemCrypto = {
  certificateFacts: (pem) => certificateFacts(new X509Certificate(pem)),
  readKey: (pem) => {
    createPrivateKey(pem)
  },
  isPair: (certificate, key) => new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)),
}

/** The text of a source, for `KafkaSecurity`. */
export type PemTextCheck =
  (PemCheck & { readonly ok: true; readonly text: string }) | (PemCheck & { readonly ok: false })

/** A bundle of all public authorities has 250 KB. */
const mostBytes = 4 * 1024 * 1024

/** Reads and checks what a field for a PEM text has. `now`: epoch ms. */
export function inspectPem(role: PemRole, source: PemSource, now: number): PemTextCheck {
  const read = 'file' in source ? readPemFile(source.file) : source
  if ('problem' in read) return { ok: false, problem: read.problem }
  const checked = checkPem(role, read.text, { crypto: nodePemCrypto, now })
  return checked.ok ? { ...checked, text: read.text } : checked
}

function readPemFile(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    const { size } = statSync(file)
    if (size > mostBytes) return { problem: `${file} has ${Math.round(size / 1024 / 1024)} MB, so it is no PEM file.` }
    return { text: readFileSync(file, 'utf8') }
  } catch (cause) {
    return { problem: unreadable(file, (cause as NodeJS.ErrnoException).code ?? '') }
  }
}

function unreadable(file: string, code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no file ${file}. Check its path, or choose it again.`
  if (code === 'EACCES' || code === 'EPERM') return `ReMo may not read ${file}. Change its permissions, or copy it.`
  if (code === 'EISDIR') return `${file} is a folder. Choose the file in it.`
  return `${file} cannot be read (${code}).`
}
