interface ChangelogFacts {
  readonly version: string
  readonly maintainer: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** `changelog` in Debian's format: https://www.debian.org/doc/debian-policy/ch-source.html#debian-changelog-debian-changelog */
export function debianChangelog({ version, maintainer, at }: ChangelogFacts): string {
  const date = new Date(at).toUTCString().replace('GMT', '+0000')
  return `remo (${version}) stable; urgency=medium

  * ReMo ${version}: see /usr/share/doc/remo/CHANGELOG.md.gz.

 -- ${maintainer}  ${date}
`
}
