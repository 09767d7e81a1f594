/** @file The published conformance suite over this backend, in Node. */
import { webgpu } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";
import { expectations } from "./shared/expectations.ts";

conformance(() => webgpu(), { expectations });
