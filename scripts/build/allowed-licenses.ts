/**
 * Licenses of code that the app may contain, by SPDX id, each with words that its text has. All of them permit to
 * distribute the app under MIT, as long as their texts come with it. A license that asks for more is a decision.
 */
const allowedLicenses: Readonly<Record<string, RegExp>> = {
  MIT: /Permission is hereby granted, free of charge/,
  ISC: /Permission to use, copy, modify, and(\/or)? distribute this software/,
  '0BSD': /Permission to use, copy, modify, and\/or distribute this software/,
  'BSD-2-Clause': /Redistribution and use in source and binary forms/,
  'BSD-3-Clause': /Redistribution and use in source and binary forms/,
  'Apache-2.0': /Apache License\s+Version 2\.0/,
  'OFL-1.1': /SIL Open Font License,? Version 1\.1/i,
  'BlueOak-1.0.0': /Blue Oak Model License/,
  Unlicense: /This is free and unencumbered software released into the public domain/,
  'CC0-1.0': /CC0 1\.0 Universal/,
  blessing: /The author disclaims copyright to this source code/,
}

/**
 * Why a library must not be in the app; `undefined` if it may.
 * @param license an SPDX expression: ids joined by OR or AND, without parentheses inside of others; empty if unknown
 * @param text all texts that come with the library
 */
export function licenseProblem(license: string, text: string): string | undefined {
  if (license === '') return 'names no license'
  if (text.trim() === '') return 'has no text of its license'
  const alternatives = withoutParentheses(license).split(' OR ')
  const problems = alternatives.map((alternative) => problemOfAll(alternative.split(' AND '), text))
  return problems.includes(undefined) ? undefined : problems[0]
}

function withoutParentheses(license: string): string {
  return /^\([^()]*\)$/.test(license) ? license.slice(1, -1) : license
}

function problemOfAll(ids: readonly string[], text: string): string | undefined {
  for (const id of ids) {
    if (!Object.hasOwn(allowedLicenses, id)) return `has the license ${id}, which is not in the list of allowed ones`
    if (!allowedLicenses[id]?.test(text)) return `names the license ${id}, but comes with another text`
  }
  return undefined
}
