import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type RequestHandler, Router } from 'express'
import swagger from 'swagger-ui-dist'
import { refuseMethod } from './router.ts'

/**
 * Interactive documentation at /docs and its source at /openapi.json. Both are served by this process, nothing comes
 * from the network.
 */
export function apiDocs(description: object): Router {
  const router = Router()
  const text = JSON.stringify(description)
  const folder = swagger.getAbsoluteFSPath()
  const page = readFileSync(join(folder, 'index.html'), 'utf8').replace(
    '<title>Swagger UI</title>',
    '<title>ReMo API</title>',
  )
  router.use(['/openapi.json', '/docs'], onlyRead)
  router.get('/openapi.json', (_req, res) => void res.type('application/json').send(text))
  router.get('/docs', (req, res) => {
    if (!req.originalUrl.startsWith('/docs/')) res.redirect(301, '/docs/')
    else res.set('Content-Security-Policy', policy).type('text/html; charset=utf-8').send(page)
  })
  router.get('/docs/swagger-initializer.js', (_req, res) => {
    res.type('text/javascript; charset=utf-8').send(initializer)
  })
  router.use('/docs', setPolicy, express.static(folder, { index: false, redirect: false }))
  return router
}

/** Swagger UI uses inline styles and data: images. Everything else comes from this server. */
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"

const refuse = refuseMethod(['HEAD', 'GET'])

const onlyRead: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') next()
  else void refuse(req, res, next)
}

const setPolicy: RequestHandler = (_req, res, next) => {
  res.set('Content-Security-Policy', policy)
  next()
}

const initializer = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: 'BaseLayout',
  })
}
`
