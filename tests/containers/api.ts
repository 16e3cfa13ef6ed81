/** Calls the backend like a script in the field. */
export class Api {
  readonly #address: string
  readonly #token: string

  private constructor(address: string, token: string) {
    this.#address = address
    this.#token = token
  }

  static async signIn(address: string, account: { username: string; password: string }): Promise<Api> {
    const answer = (await call(`${address}/api/auth/login`, { body: account })) as { access_token: string }
    return new Api(address, answer.access_token)
  }

  get(path: string): Promise<unknown> {
    return call(this.#address + path, { token: this.#token })
  }
}

async function call(url: string, { token, body }: { token?: string; body?: unknown }): Promise<unknown> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return answer.json()
}
