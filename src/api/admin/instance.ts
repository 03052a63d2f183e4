import { type Route, route } from '../../http/index.js'

// What Medusa's clients ask a deployment about itself when they start.

/** Features that are experiments in Medusa: those that are on here, and those that clients look for. */
const featureFlags = { translation: true, rbac: false, view_configurations: false, index_engine: false, caching: true }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/feature-flags',
    summary: 'Which experiments of Medusa are on',
    access: 'public',
    handle: async () => ({ feature_flags: featureFlags }),
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/plugins',
    summary: 'Plugins of the deployment: none, everything is in it',
    access: 'settings:read',
    handle: async () => ({ plugins: [] }),
  }),
]
