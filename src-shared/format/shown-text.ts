/**
 * Characters that are not seen, or that change how others are read: controls, marks of direction, invisible letters and
 * spaces that look like another one. Joiners are escaped where they join nothing: emoji and scripts need them.
 */
const unseen =
  /[\p{Cc}\p{Cs}\p{Co}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\ufffb\u00a0\u1680\u2000-\u200a]|[\u{1d173}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]|(?<=[\0-\x7f]|^)[\u200c\u200d]|[\u200c\u200d](?=[\0-\x7f]|$)/gu

/**
 * A text of a message as the window shows it: what is not seen is written as `\u202e`. So two texts that differ never
 * look alike, none changes the text around it, and the filter finds what is read.
 */
export function shownText(text: string): string {
  return text.replace(unseen, escaped)
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
