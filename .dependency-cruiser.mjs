/** @file Who may import whom: docs/development.md says how to read a finding, the design says why. */

/**
 * The layers of core, lowest first: a layer's files import from their own layer and from those before it. Entries are paths below packages/core/src, without
 * `.ts`; a trailing slash means the whole folder. Files that stand in no layer are free, so the list can be shorter than the folder.
 */
const layers = [
  ["dtype", "shape", "errors"],
  ["view", "memory-format"],
  ["scalar/"],
  ["backend"],
  ["storage", "scope"],
  ["tape"],
  ["lineage"],
  ["tensor"],
  ["record"],
  ["dispatch"],
  ["dispatch-in-place"],
  ["op"],
  ["calculus/", "calculus"],
  ["elementwise/", "views/"],
  ["primitives/"],
  ["composites/"],
  ["fused/"],
  ["complex/"],
  ["fourier/"],
  ["linalg/", "linalg"],
];

/** What the engine is made of: it knows no op. */
const engine = ["dtype", "shape", "view", "scalar/", "backend", "storage", "scope", "tensor", "tape", "lineage", "record", "dispatch", "dispatch-in-place"];
/** The part of the engine that ops reach only through the op constructors, packages/core/src/op.ts. */
const behindTheConstructors = ["dispatch", "dispatch-in-place", "record", "tape", "lineage", "scope", "storage"];
const opFolders = ["elementwise/", "views/", "composites/", "primitives/", "fused/", "complex/", "fourier/", "linalg/"];

const core = "packages/core/src";
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const inCore = (entries) => `^${core}/(${entries.map((entry) => (entry.endsWith("/") ? escape(entry) : `${escape(entry)}\\.ts$`)).join("|")})`;

/** Types may be imported from anywhere: they leave nothing behind. */
const values = { dependencyTypesNot: ["type-only"] };

const backends = "backend-cpu-js|backend-wasm-simd|backend-webgpu|backend-tfjs";
const backendModule = `^packages/(${backends})/|^@adjoint/(${backends})`;

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", comment: "A cycle of values: what is needed first?", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    { name: "resolvable", severity: "error", comment: "An import that leads nowhere.", from: {}, to: { couldNotResolve: true } },
    { name: "declared", severity: "error", comment: "A package's sources import what its own package.json offers to its users.", from: { path: "^packages/[^/]+/src/" }, to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] } },
    {
      name: "backend-sees-contract-only", severity: "error", comment: "Of core, a backend imports @adjoint/core/backend and nothing else.",
      from: { path: `^packages/(${backends})/src/` }, to: { path: "^packages/(?!$1/)", pathNot: `^${core}/backend-entry\\.ts$` },
    },
    {
      name: "no-backend-above-core", severity: "error", comment: "nn, optim, io and data run on whatever device a tensor has.",
      from: { path: "^packages/(nn|optim|io|data)/src/" }, to: { path: backendModule },
    },
    { name: "core-is-alone", severity: "error", comment: "core depends on nothing, not even on its host.", from: { path: `^${core}/` }, to: { pathNot: `^${core}/` } },
    { name: "packages-through-entries", severity: "error", comment: "Packages meet at their entries, not inside.", from: { path: "^packages/([^/]+)/src/" }, to: { path: "^packages/", pathNot: ["^packages/$1/", "/src/index\\.ts$", `^${core}/(functional|autograd|fft|linalg|special|backend-entry)\\.ts$`] } },
    { name: "no-conformance-in-sources", severity: "error", comment: "The suite tests the sources, never the other way round.", from: { path: "^packages/(?!conformance/)[^/]+/src/" }, to: { path: "^packages/conformance/" } },
    { name: "no-tests-in-sources", severity: "error", comment: "Sources import no tests.", from: { path: "^(packages|apps)/[^/]+/src/" }, to: { path: "^(packages|apps)/[^/]+/(test|gpu-node|browser)/" } },
    { name: "packages-know-no-app", severity: "error", comment: "Applications import packages, never the other way round.", from: { path: "^packages/" }, to: { path: "^apps/" } },
    { name: "ops-through-constructors", severity: "error", comment: "An op is defined through op.ts; it never touches dispatch, tape, scope or storage.", from: { path: inCore(opFolders) }, to: { path: inCore(behindTheConstructors), ...values } },
    { name: "engine-knows-no-op", severity: "error", comment: "What the engine must know of an op, the op's definition says.", from: { path: inCore(engine) }, to: { path: inCore(opFolders), ...values } },
    ...layers.slice(0, -1).map((layer, index) => ({
      name: `layer-of-${layer[0].replace("/", "")}`, severity: "error", comment: `${layer.join(" ")} stands below ${layers[index + 1].join(" ")}.`,
      from: { path: inCore(layer) }, to: { path: inCore(layers.slice(index + 1).flat()), ...values },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^(packages|apps)/[^/]+/(dist|\\.types)/", "^(packages|apps)/.*/fixtures/"] },
    // "specify" tells type-only imports from the others, which need the imports as they are before compilation.
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["source", "types", "import", "node", "default"], extensions: [".ts", ".mjs", ".js", ".json"] },
  },
};
