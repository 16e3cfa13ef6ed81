import type { RequestHandler } from 'express'

/** Told of every answer, for the figures. */
export type OnResponse = (route: string, status: number, seconds: number) => void

/** By the path as it is declared, never as it was asked for; `other`: no route, or refused before one was looked for. */
export function observeRequests(observe: OnResponse): RequestHandler {
  return (req, res, next) => {
    const begin = performance.now()
    res.once('close', () => {
      const { path } = (req.route ?? { path: 'other' }) as { path: string }
      observe(path, res.statusCode, (performance.now() - begin) / 1000)
    })
    next()
  }
}
