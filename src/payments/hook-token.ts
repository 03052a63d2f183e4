import { createHash, randomBytes } from 'node:crypto'

const token_bytes = 24
export const hashOfHookToken = (token: string) => createHash('sha256').update(token).digest('hex')
export const newHookToken = () => randomBytes(token_bytes).toString('base64url')
