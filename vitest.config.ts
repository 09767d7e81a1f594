import { defineConfig } from "vitest/config";
export default defineConfig({ resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  test: { passWithNoTests: true, projects: [{ extends: true, test: { name: "node", include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts"] } }] } });
