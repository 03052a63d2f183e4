import { loadConfig } from './config.js'
import { checkDatabase } from './db/index.js'
import { startStoa } from './main.js'
import { onStopSignal, refuseToStart } from './startup.js'

// The entry for production, `node dist/src/serve.js`: takes everything from the environment, makes nothing up, and
// refuses a database that lacks a migration (`stoa migrate` brings it up to date).

try {
  const config = loadConfig(process.env)
  if (config.databaseAppUrl !== undefined) await checkDatabase('DATABASE_APP_URL', config.databaseAppUrl)
  const stoa = await startStoa(config)
  onStopSignal(() => stoa.stop())
  stoa.services.log.info({ process: config.process, url: stoa.url, worker: stoa.worker?.transport }, 'started')
} catch (error) {
  refuseToStart(error)
}
