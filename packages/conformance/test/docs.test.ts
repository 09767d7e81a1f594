/** @file The pages in docs/: decisions are numbered once each, and links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url)), read = (path: string): string => readFileSync(join(root, path), "utf8");
const pagesIn = (folder: string): string[] => readdirSync(join(root, folder)).filter((name) => name.endsWith(".md")).map((name) => join(folder, name));

test("each decision has a number of its own, which its heading says too", () => {
  const decisions = pagesIn("docs/decisions"), numbers = decisions.map((path) => Number(/(\d+)-[^/]*$/.exec(path)![1]));
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
  expect(decisions.filter((path, at) => !read(path).startsWith(`# ${numbers[at]}. `))).toEqual([]);
});

test.each([...pagesIn("docs"), ...pagesIn("docs/decisions"), "README.md"])("links of %s", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!).filter((link) => !link.includes("://"));
  expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});
