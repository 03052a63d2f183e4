import type { Route } from '../../http/index.js'
import { uploadRoute } from '../uploads.js'

export const routes: Route[] = [uploadRoute('vendor')]
