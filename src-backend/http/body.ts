import type { OperationBody } from '#shared/rest/operation.ts'
import express, { type Request, type RequestHandler, type Response } from 'express'
import multer from 'multer'
import { apiError } from './problem.ts'

const limit = '100kb'
const jsonReader = (atMost: string | number): RequestHandler =>
  express.json({ limit: atMost, strict: false, type: 'application/json' })
const readJson = jsonReader(limit)
const readForm = express.urlencoded({
  limit,
  extended: false,
  parameterLimit: 20,
  type: 'application/x-www-form-urlencoded',
})
const readMultipart = multer({ limits: { fields: 20, fieldSize: 10_000, fieldNameSize: 200, parts: 20 } }).none()

/**
 * The parsed body before validation; `{}` if it is empty and optional.
 * @throws ApiError `malformed_body`, `unsupported_media_type` or `payload_too_large`
 */
export async function parseBody(contract: OperationBody, req: Request, res: Response): Promise<unknown> {
  if (isEmpty(req)) {
    if (contract.optional) return {}
    throw apiError('malformed_body', 'The request body is missing.')
  }
  const reader = readerOf(contract, req)
  if (!reader) {
    const kinds = contract.form ? 'application/json, multipart/form-data or x-www-form-urlencoded' : 'application/json'
    throw apiError('unsupported_media_type', `Expected a request body of type ${kinds}.`)
  }
  await runMiddleware(reader, req, res)
  return req.body
}

function isEmpty(req: Request): boolean {
  return req.headers['transfer-encoding'] === undefined && Number(req.headers['content-length'] ?? 0) === 0
}

function readerOf({ form, maxBytes }: OperationBody, req: Request): RequestHandler | undefined {
  if (req.is('application/json')) return maxBytes === undefined ? readJson : jsonReader(maxBytes)
  if (!form) return undefined
  if (req.is('application/x-www-form-urlencoded')) return readForm
  return req.is('multipart/form-data') ? readMultipart : undefined
}

function runMiddleware(reader: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void reader(req, res, (error?: unknown) => {
      if (error === undefined || error === null) resolve()
      else if (error instanceof multer.MulterError || isBusboy(error)) reject(malformed(error))
      else
        reject(
          isUnpacking(error)
            ? apiError('malformed_body', 'The request body cannot be decompressed.')
            : (error as Error),
        )
    })
  })
}

/** The multipart parser has no error codes. */
function isBusboy(error: unknown): boolean {
  return error instanceof Error && /Multipart|Unexpected end of form|Malformed|Boundary/i.test(error.message)
}

/** body-parser gives every error a type, except those of zlib. */
function isUnpacking(error: unknown): boolean {
  const { status, type } = Object(error) as { status?: unknown; type?: unknown }
  return status === 400 && type === undefined
}

function malformed(error: unknown): Error {
  const code = (error as { code?: string }).code
  const tooMuch = code?.startsWith('LIMIT_') === true && code !== 'LIMIT_UNEXPECTED_FILE'
  return tooMuch
    ? apiError('payload_too_large', 'The form is too large.')
    : apiError('malformed_body', 'The form cannot be read.')
}
