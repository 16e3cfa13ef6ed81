/**
 * Names by which an operating system knows ReMo. The package has the same ones: Windows shows no notification of a
 * program whose id is not that of a shortcut in the Start menu.
 */
export const appId = 'app.remo.console'

/** Scheme of links such as `remo://alert/<id>`. */
export const linkScheme = 'remo'
