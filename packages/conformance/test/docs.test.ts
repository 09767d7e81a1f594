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

const readmes = ["packages", "apps"].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, "README.md"))).filter((path) => existsSync(join(root, path)));
/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): string[] => [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase().replace(/[^\w\- ]/g, "").trim().replaceAll(" ", "-"));

test.each([...pagesIn("docs"), ...pagesIn("docs/decisions"), ...readmes, "README.md"])("links of %s", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g)].filter(([, link]) => !link!.includes("://")).map(([, link, anchor]) => ({ target: link === "" ? page : join(dirname(page), link!), anchor }));
  expect(links.filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
  expect(links.filter(({ target, anchor }) => anchor !== undefined && !anchorsOf(target).includes(anchor))).toEqual([]);
});
