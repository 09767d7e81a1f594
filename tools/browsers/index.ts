/** @file Pages of our own in browsers. */
export { ServedPage } from "./page.ts";
export { firefoxPath, reported, type Visit } from "./firefox.ts";
export { serve, type Served, type ServeOptions } from "./serve.ts";
