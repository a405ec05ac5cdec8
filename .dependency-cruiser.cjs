/** Which room may open which door; ARCHITECTURE.md draws the same. */
module.exports = {
	forbidden: [
		{
			name: "no-circular",
			severity: "error",
			from: {},
			to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
		},
		{
			name: "packages-meet-at-their-doors",
			comment: "another package is imported by its name, never by a path into it",
			severity: "error",
			from: { path: "^(packages/quorate|e2e|bench)/" },
			to: { path: "^packages/lab/(src|generated)/" },
		},
		{
			name: "the-lab-knows-nothing-of-quorate",
			severity: "error",
			from: { path: "^packages/lab/" },
			to: { path: "^packages/quorate/" },
		},
		{
			name: "e2e-comes-by-the-door",
			severity: "error",
			from: { path: "^e2e/" },
			to: { path: "^packages/quorate/(src|generated)/" },
		},
		{
			name: "benchmarks-come-by-the-door",
			comment: "save for the one that times the decision core, which has no door of its own",
			severity: "error",
			from: { path: "^bench/", pathNot: "^bench/figures/p7-plan\\.ts$" },
			to: { path: "^packages/quorate/(src|generated)/" },
		},
		{
			name: "nothing-needs-the-benchmarks",
			severity: "error",
			from: { pathNot: "^bench/" },
			to: { path: "^bench/" },
		},
		{
			name: "only-the-lab-command-loads-the-lab",
			severity: "error",
			from: { path: "^packages/quorate/src/", pathNot: "^packages/quorate/src/cli/" },
			to: { path: "quorate-lab|^packages/lab/" },
		},
		{
			name: "the-core-is-pure",
			comment: "what decides imports no I/O, so that it can be explored state by state",
			severity: "error",
			from: {
				path: [
					"^packages/quorate/src/scaling/(goal|going-down|step|decision|describe-state|next-step|obstacles|growing|restoring|volumes|new-volume|volume-pattern|volume-refusals|static-volumes|expected-data|leaving|leaving-record|inspecting|clearing|model-storage|rolling|lost-history|lost-member|local-peer|model|plan)\\.ts$",
					"^packages/quorate/src/cluster/(cluster-view|volume-place|node-fit|etcd-container|history|histories|join-profile|template-changes|members-elsewhere|verdict)\\.ts$",
					"^packages/quorate/src/shell-word\\.ts$",
					"^packages/quorate/src/(cluster/start/(?!.*\\.test\\.ts$)|scaling/(stop-hooks|start-obstacle)\\.ts)",
				],
			},
			to: {
				dependencyTypesNot: ["type-only"],
				pathNot: [
					"^kubernetes-types/|node_modules/(kubernetes-types|unbash)/",
					"^packages/quorate/src/scaling/(goal|going-down|step|decision|describe-state|next-step|obstacles|growing|restoring|volumes|new-volume|volume-pattern|volume-refusals|static-volumes|expected-data|leaving|leaving-record|inspecting|clearing|model-storage|rolling|lost-history|lost-member|local-peer|model|plan)\\.ts$",
					"^packages/quorate/src/cluster/(cluster-view|volume-place|node-fit|etcd-container|history|histories|join-profile|template-changes|members-elsewhere|verdict)\\.ts$",
					"^packages/quorate/src/shell-word\\.ts$",
					"^packages/quorate/src/(cluster/start/(?!.*\\.test\\.ts$)|scaling/(stop-hooks|start-obstacle)\\.ts)",
				],
			},
		},
		{
			name: "checks-are-pure",
			severity: "error",
			from: { path: "^packages/quorate/src/checks/", pathNot: "needed-rights" },
			to: { dependencyTypesNot: ["type-only"], path: "^(node:|packages/quorate/src/(kubernetes|etcd|proof|cli)/)" },
		},
		{
			name: "the-runbook-is-pure",
			severity: "error",
			from: { path: "^packages/quorate/src/restoring/" },
			to: {
				dependencyTypesNot: ["type-only"],
				path: "^(node:|packages/quorate/src/(kubernetes|etcd|proof|scaling|cli)/)",
				pathNot: "/testing/",
			},
		},
		{
			name: "etcd-and-kubernetes-stand-alone",
			severity: "error",
			from: { path: "^packages/quorate/src/(etcd|kubernetes)/" },
			to: { dependencyTypesNot: ["type-only"], path: "^packages/quorate/src/(cluster|scaling|checks|proof|cli)/" },
		},
		{
			name: "not-to-tests",
			severity: "error",
			from: { pathNot: "(\\.test\\.ts$|/testing/|/exploration/|^bench/figures/p7-plan\\.ts$)" },
			to: { path: "(\\.test\\.ts$|/testing/|/exploration/)" },
		},
	],
	options: {
		doNotFollow: { path: "node_modules" },
		exclude: { path: "(/dist/|/generated/)" },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: "tsconfig.base.json" },
		enhancedResolveOptions: {
			exportsFields: ["exports"],
			conditionNames: ["import", "types", "default"],
			extensions: [".ts", ".js"],
		},
	},
};
