/** @file The published conformance suite over this backend, in Node. */
import { webgpu } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";

conformance(() => webgpu());
