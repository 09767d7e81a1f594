/** @file The demo's page: packages straight from their sources, isolated from other origins so that threads have shared memory. */
import { defaultClientConditions, defineConfig } from "vite";

const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  resolve: { conditions: ["source", ...defaultClientConditions] },
  server: { headers },
  preview: { headers },
  build: { target: "es2024" },
  worker: { format: "es" },
});
