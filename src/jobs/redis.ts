import type { Queue } from 'bull'

/** A connection to the Redis that jobs go through, for what several processes count together. */
export interface SharedRedis {
  readonly client: Queue['client']
  close(): Promise<void>
}

/**
 * Connects to Redis, and waits for nothing: it may be lost at any time, and whoever counts on it counts alone meanwhile.
 * @param onError is told of lost connections
 */
export async function openSharedRedis(options: {
  redisUrl: string
  prefix: string
  onError: (error: Error) => void
}): Promise<SharedRedis> {
  // Bull's own connection, so that there is one client of Redis in the process: a queue that is never given a job.
  const { default: Bull } = await import('bull')
  const queue = new Bull('stoa-shared', options.redisUrl, { prefix: options.prefix })
  queue.on('error', options.onError)
  return {
    client: queue.client,
    async close() {
      for (const client of queue.clients) client.disconnect()
      await queue.close()
    },
  }
}
