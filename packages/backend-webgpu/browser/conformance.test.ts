/** @file The published conformance suite over this backend, in Chromium. */
import { webgpu } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";

conformance(() => webgpu(), { steps: 200 });
