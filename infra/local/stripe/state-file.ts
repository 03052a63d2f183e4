import fs from 'node:fs'
import path from 'node:path'
import type { SavedWorld, World } from './world.js'

const format = 1
/** Changes of so long are written together. */
const gather_ms = 100

interface Content {
  format: number
  /** Where the API was: objects and browsers know it by that address. */
  port: number
  world: SavedWorld
}

/** A world in a file: read at the start, written after changes, whole or not at all. */
export class StateFile {
  #timer: NodeJS.Timeout | undefined
  #port = 0

  constructor(
    readonly file: string,
    readonly world: World,
  ) {}

  /**
   * Takes the world up again that is in the file.
   * @returns the port that its API had; undefined when there is no file yet
   */
  restore(): number | undefined {
    if (!fs.existsSync(this.file)) return undefined
    try {
      const content = JSON.parse(fs.readFileSync(this.file, 'utf8')) as Content
      if (content.format !== format) throw new Error(`its format is ${content.format}, not ${format}`)
      this.world.restore(content.world)
      return content.port
    } catch (error) {
      throw new Error(`${this.file} holds no state of the Stripe simulator (${(error as Error).message}): remove it to begin anew`)
    }
  }

  /** From now on the file follows the world. */
  follow(port: number): void {
    this.#port = port
    fs.mkdirSync(path.dirname(this.file), { recursive: true })
    this.world.changed = () => {
      this.#timer ??= setTimeout(() => this.#write(), gather_ms)
    }
    this.#write()
  }

  /** Writes for the last time. */
  close(): void {
    this.world.changed = () => undefined
    this.#write()
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const content: Content = { format, port: this.#port, world: this.world.saved() }
    const partial = `${this.file}.${process.pid}`
    // It holds what signs webhooks, and what shoppers were told in secret.
    fs.writeFileSync(partial, JSON.stringify(content), { mode: 0o600 })
    fs.renameSync(partial, this.file)
  }
}
