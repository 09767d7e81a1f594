/** @file The one import side effect: tensors are made on plain JavaScript until somebody says otherwise. See docs/decisions/0001-default-device.md. */
import { cpu } from "@adjoint/backend-cpu-js";
import { type Backend, setDefaultDevice } from "@adjoint/core";

let plain: Backend | undefined;
/** The plain JavaScript device, made when it is first needed. */
export const plainDevice = (): Backend => (plain ??= cpu());

setDefaultDevice(plainDevice);
