/** @file PyTorch's answers on webgpu: the committed extract. The whole set is `npm run goldens -- --device webgpu`. */
import { setDefaultDevice } from "@adjoint/core";
import { webgpu } from "@adjoint/backend-webgpu";
import { afterAll, expect, test } from "vitest";
import { committed } from "../goldens/committed.ts";
import { loadPack } from "../goldens/folder.ts";
import { complaintsOf } from "../goldens/run/groups.ts";

const device = await webgpu();
setDefaultDevice(device);
afterAll(() => device.dispose());

test.each(committed)("%s", async (_, file) => expect(await complaintsOf(loadPack(file), device)).toEqual([]));
