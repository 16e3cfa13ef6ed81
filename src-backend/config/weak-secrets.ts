import { isCommonPassword } from '../auth/passwords/password-policy.ts'

/** HS256 needs a key at least as long as its hash (RFC 7518, 3.2). */
const shortestKeyBytes = 32

/** Fewer different characters than this are a pattern, not random. */
const fewestCharacters = 10

const samples =
  /secret[-_ ]?key|change[-_ ]?(me|this|in)|your[-_ ]|example|sample|default|password|remo-demo|0123456789|abcdefgh/i

/** Why a signing key is weak, as the end of a sentence; `undefined` if it is good. */
export function keyWeakness(key: string): string | undefined {
  if (Buffer.byteLength(key) < shortestKeyBytes) return `is shorter than ${shortestKeyBytes} bytes`
  if (samples.test(key)) return 'is a published sample value'
  if (new Set(key).size < fewestCharacters) return 'has too few different characters'
  if (isMadeOfWords(key)) return 'is made of words, so it can be guessed'
  return undefined
}

/** The 100 most frequent letter pairs of English: 76 % of the pairs of a text, 15 % of random ones (Norvig, 2013). */
const englishPairs = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ' +
    'ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un ' +
    'lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os'
  ).split(' '),
)
/** With fewer pairs the share says nothing. */
const fewestPairs = 16
/** A random key of 48 bytes has 42 pairs; that half of them are frequent ones happens once in 100 million keys. */
const wordShare = 0.5

/** Words of one case with signs or short numbers between them. */
const separateWords = /^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[ ._-]+(?:[A-Z]?[a-z]+|[A-Z]+|\d{1,4}))+$/

/** Whether most letter pairs are those of English words. Hexadecimal keys have six letters only and are not judged. */
function isMadeOfWords(key: string): boolean {
  if (separateWords.test(key)) return true
  if (/^[\da-f-]+$/i.test(key)) return false
  const runs = plain(key).match(/[a-z]+/g) ?? []
  const pairs = runs.flatMap((run) => Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2)))
  if (pairs.length < fewestPairs) return false
  return pairs.filter((pair) => englishPairs.has(pair)).length >= wordShare * pairs.length
}

/** Lower case, with the usual digits for letters undone. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[0134579@$]/g, (sign) => lookalikes[sign] ?? sign)
}

const lookalikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '9': 'g',
  '@': 'a',
  $: 's',
}

/** What database passwords of samples and first attempts consist of, with the names in the URL. */
const guessedWords = (
  'remo monitor monitoring monitored metric metrics kafka alert alerts backend server service app api web ' +
  'postgres postgresql postgre pg sql db database data user username admin administrator root system owner ' +
  'password passwd passw pass pwd secret secure secured key token login change changeme change me my your the this ' +
  'default demo test testing example sample local localhost docker compose dev develop development prod production ' +
  'super strong simple safe qwerty letmein welcome master hello abc please here in'
).split(' ')

/** Whether the password in a database URL is one that an attacker would try first: sample values, common ones, names. */
export function hasGuessablePassword(url: string): boolean {
  const { password: encoded, username, pathname, hostname } = new URL(url)
  if (encoded === '') return false
  const password = decoded(encoded).toLowerCase()
  const names = [decoded(username), decoded(pathname.slice(1)), hostname].map((name) => name.toLowerCase())
  if (isCommonPassword(password)) return true
  const words = [...guessedWords, ...names.filter((name) => name.length > 1)]
  return [password, plain(password)].some((text) => consistsOf(text, words))
}

/** More digits and signs than this are not an ornament. */
const mostOrnaments = 10

/** Whether the text is only these words and a few digits and signs. */
function consistsOf(text: string, words: readonly string[]): boolean {
  const runs = text.match(/[a-z]+/g) ?? []
  return text.length - runs.join('').length <= mostOrnaments && runs.every((run) => isChain(run, words))
}

function isChain(run: string, words: readonly string[]): boolean {
  const reached = new Set([0])
  for (let at = 0; at < run.length; at++) {
    if (reached.has(at)) for (const word of words) if (run.startsWith(word, at)) reached.add(at + word.length)
  }
  return reached.has(run.length)
}

/** A stray `%` is not an escape. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
