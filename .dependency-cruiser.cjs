/** The directions in which this code may import; see docs/architecture.md. */
const only = (from, allowed) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `${from} may import of ours only: ${allowed.join(', ') || 'nothing'}`,
  from: { path: `^${from}/` },
  to: {
    path: '^(core|rulefiles|functions|infra|local|cli|web|examples|test|bench)/',
    pathNot: `^(${[from, ...allowed].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    only('core', []),
    only('rulefiles', ['core']),
    only('functions', ['core']),
    only('infra', ['core', 'rulefiles']),
    only('local', []),
    // The keys of the table are spelled in one place, also for whoever reads its history.
    only('cli', ['core', 'rulefiles', 'local', 'functions/aws']),
    {
      name: 'web-takes-types-of-core-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(core|rulefiles|functions|infra|local|cli)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-knows-no-platform',
      severity: 'error',
      comment: 'core knows leads, not AWS, YAML or the machine',
      from: { path: '^core/' },
      to: { path: '(@aws-sdk|@middy|node_modules/yaml/|^(fs|net|http|https|os|child_process)$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(build|cdk\\.out)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
