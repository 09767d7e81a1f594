/** @file The suite in a page, of whatever browser opens it: reports are shown, and posted to the server. `?device=wasm,webgpu&suite=kernels` */
import { hostDevices, type HostDevice, type HostSuite, lineOf, runHost } from "../suite.ts";

const query = new URLSearchParams(location.search), shown = document.querySelector("pre")!;
const post = (value: unknown): Promise<unknown> => fetch("/report", { method: "POST", body: JSON.stringify(value) });
const asked = (name: string, usual: string): string[] => (query.get(name) ?? usual).split(",");

addEventListener("error", ({ message }) => void post(`failed: ${message}`));
shown.textContent = `${navigator.userAgent}\n`;
try {
  for await (const report of runHost(asked("device", hostDevices.join()) as HostDevice[], asked("suite", "kernels") as HostSuite[])) {
    shown.textContent += `${lineOf(report)}\n`;
    await post(report);
  }
  await post("done");
} catch (error) {
  shown.textContent += String(error);
  await post(`failed: ${String(error)}`);
}
