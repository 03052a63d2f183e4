#!/usr/bin/env node
// The `stoa` command: installs and builds what is missing, then hands its arguments to src/cli.ts.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

bootstrap()
await import(path.join(root, 'dist', 'src', 'cli.js'))
