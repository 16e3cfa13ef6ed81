import { readFile } from 'node:fs/promises'
import type { LicenseText } from '#shared/ipc/app-views.ts'

/** One project in Chromium's page of credits: its name, and its license in the next `pre`. */
const project = /<span class="title">([^<]*)<\/span>[^]*?<pre>([^]*?)<\/pre>/g

/**
 * The licenses of what is in Chromium, by the page that comes with Electron. Many projects have the same text; it is
 * listed once, with all their names.
 * @param paths the first that exists is read
 * @throws Error if none can be read, or if it has another form
 */
export async function readChromiumCredits(paths: readonly string[]): Promise<LicenseText['texts']> {
  for (const path of paths) {
    const html = await readFile(path, 'utf8').catch(() => undefined)
    if (html !== undefined) return creditsIn(html)
  }
  throw new Error(`none of ${paths.join(', ')} can be read`)
}

/** @throws Error if the page has no projects */
export function creditsIn(html: string): LicenseText['texts'] {
  const names = new Map<string, string[]>()
  for (const [, name = '', license = ''] of html.matchAll(project)) {
    const text = `${plain(license)
      .replace(/^(?:\s*\n)+/, '')
      .trimEnd()}\n`
    const known = names.get(text)
    if (known) known.push(plain(name))
    else names.set(text, [plain(name)])
  }
  if (names.size === 0) throw new Error('the page of credits has another form')
  return [...names].map(([text, titles]) => ({ title: titles.join(', '), text }))
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function plain(html: string): string {
  return html.replace(/&(?:lt|gt|quot|apos|amp|#\d{1,7}|#x[0-9a-f]{1,6});/gi, (entity) => {
    const name = entity.slice(1, -1).toLowerCase()
    if (!name.startsWith('#')) return entities[name] ?? entity
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })
}
