/** One version by Semantic Versioning 2.0.0, without its build metadata. */
interface Version {
  readonly numbers: readonly [number, number, number]
  /** Identifiers of a pre-release; empty for a release. */
  readonly pre: readonly string[]
}

const number = '(0|[1-9]\\d{0,9})'
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const form = new RegExp(`^${number}\\.${number}\\.${number}(?:-(${identifiers}))?(?:\\+${identifiers})?$`)

/** Whether a text is a version such as `0.2.1` or `0.3.0-beta.1`. */
export function isVersion(text: string): boolean {
  return form.test(text)
}

/**
 * Whether a version of the feed is an update of the installed one: newer by Semantic Versioning (section 11), and no
 * pre-release, unless a pre-release is installed.
 * @param offered a version, see `isVersion`
 */
export function isUpdate(offered: string, installed: string): boolean {
  const [to, from] = [versionOf(offered), versionOf(installed)]
  if (!to || !from || (to.pre.length > 0 && from.pre.length === 0)) return false
  return order(to, from) > 0
}

/** The newest of these texts that are versions, pre-releases among them. */
export function newestVersion(texts: readonly string[]): string | undefined {
  return texts
    .flatMap((text) => {
      const version = versionOf(text)
      return version ? [{ text, version }] : []
    })
    .sort((a, b) => order(a.version, b.version))
    .at(-1)?.text
}

function versionOf(text: string): Version | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  return {
    numbers: [Number(match[1]), Number(match[2]), Number(match[3])],
    pre: match[4]?.split('.') ?? [],
  }
}

function order(a: Version, b: Version): number {
  for (const [i, value] of a.numbers.entries()) {
    const difference = value - (b.numbers[i] ?? 0)
    if (difference !== 0) return difference
  }
  // A release is after its pre-releases.
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const difference = identifierOrder(a.pre[i], b.pre[i])
    if (difference !== 0) return difference
  }
  return 0
}

/** Numbers come before words, and nothing before both. */
function identifierOrder(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined)
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isNumberA && isNumberB) return Number(a) - Number(b)
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
