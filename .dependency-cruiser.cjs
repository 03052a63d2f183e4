// Who may import whom. Run by `npm run lint` over the imports of every source, those of types included.
const module_ = '^src/([^/]+)/'
const providers = '^src/providers/'

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Modules that need each other are one module, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere, or a package that package.json does not name.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'kernel-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: '^(src|infra|seeds|test|migrations)/', pathNot: '^src/kernel/' },
    },
    {
      name: 'modules-by-their-index',
      comment: "What index.ts does not name is the module's own business.",
      severity: 'error',
      from: { path: module_, pathNot: `^src/(api|providers)/` },
      to: { path: module_, pathNot: ['^src/$1/', '^src/[^/]+/index\\.js$', '^src/providers/[^/]+/index\\.js$'] },
    },
    {
      name: 'modules-by-their-index-from-outside',
      severity: 'error',
      from: { path: ['^(src/[^/]+\\.js|infra/|seeds/|migrations/)', '^src/(api|providers)/'] },
      to: { path: module_, pathNot: ['^src/[^/]+/index\\.js$', '^src/(api|providers)/'] },
    },
    {
      name: 'database-behind-one-door',
      comment: 'Migrations import types of knex. The local PostgreSQL, tests and the bench speak to a server directly.',
      severity: 'error',
      from: { pathNot: ['^src/db/', '^migrations/', '^infra/local/', '^test/'] },
      to: { path: 'node_modules/(pg|knex)/' },
    },
    {
      name: 'models-by-base-model',
      comment: 'Objection is used by models, and only with the base model of src/db.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/db/', '/models\\.js$'] },
      to: { path: 'node_modules/objection/' },
    },
    {
      name: 'providers-are-plugged-in',
      comment: 'A module knows a port, never an adapter: main.ts plugs them together.',
      severity: 'error',
      from: { path: module_, pathNot: providers },
      to: { path: providers },
    },
    {
      name: 'the-fake-is-for-tests',
      comment: 'A payment provider that agrees to everything must never be registered in a process that serves.',
      severity: 'error',
      from: { pathNot: ['^src/providers/payment-fake/', '^test/'] },
      to: { path: '^src/providers/payment-fake/' },
    },
    {
      name: 'api-is-the-outermost',
      severity: 'error',
      from: { pathNot: ['^src/api/', '^src/web/', '^src/main\\.js$', '^test/'] },
      to: { path: '^src/api/' },
    },
    {
      name: 'web-is-a-client',
      comment: 'Pages are made of what the API answers. Nothing needs them but the process that serves them.',
      severity: 'error',
      from: { pathNot: ['^src/web/', '^src/main\\.js$', '^test/'] },
      to: { path: '^src/web/' },
    },
    {
      name: 'sources-need-no-test',
      severity: 'error',
      from: { path: '^(src|migrations|seeds)/' },
      to: { path: '^(test|infra)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.js', '.mjs'] },
    moduleSystems: ['es6'],
    skipAnalysisNotInRules: true,
  },
}
