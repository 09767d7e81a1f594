/** @file The table as a picture: one line for each workload, one dot for each peer, on a logarithmic axis. */
import type { Row } from "./report.ts";

const colours = ["#d62728", "#ff9896", "#8c2d04", "#1f77b4", "#6baed6", "#2ca02c", "#98df8a", "#9467bd", "#000000", "#7f7f7f"];
const line = 20, left = 150, plot = 760, top = 60, right = 24;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

type Dot = { readonly peer: number; readonly ms: number; readonly times: number };

/** Each time as a multiple of the yardstick's, or of the fastest where the yardstick has none. */
function dotsOf(row: Row, yardstick: string): readonly Dot[] {
  const timed = row.results.flatMap((result, peer) => (result.status === "timed" ? [{ name: result.peer, peer, ms: result.medianMs }] : []));
  if (timed.length === 0) return [];
  const unit = timed.find(({ name }) => name === yardstick)?.ms ?? Math.min(...timed.map(({ ms }) => ms));
  return timed.map(({ peer, ms }) => ({ peer, ms, times: ms / unit }));
}

/**
 * An SVG of its own size.
 * @param yardstick the peer whose times are 1
 */
export function picture(rows: readonly Row[], peers: readonly string[], yardstick: string, caption: string): string {
  const dots = rows.map((row) => dotsOf(row, yardstick)), all = dots.flat().map(({ times }) => Math.log10(times));
  const least = Math.floor(Math.min(-1, ...all)), most = Math.ceil(Math.max(1, ...all)), height = top + rows.length * line + 40;
  const x = (log: number): number => left + (plot * (log - least)) / (most - least), y = (row: number): number => top + row * line + line / 2;
  const decades = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const axis = decades.map((log) =>
    `<line x1="${x(log)}" x2="${x(log)}" y1="${top}" y2="${height - 40}" stroke="${log === 0 ? "#444" : "#ddd"}"/><text x="${x(log)}" y="${height - 24}" text-anchor="middle">${log < 0 ? 10 ** log : `${10 ** log}`}x</text>`);
  const lines = rows.map((row, i) => [
    `<text x="${left - 8}" y="${y(i) + 4}" text-anchor="end">${escaped(row.workload)}</text>`,
    `<line x1="${left}" x2="${left + plot}" y1="${y(i)}" y2="${y(i)}" stroke="#eee"/>`,
    ...dots[i]!.map(({ peer, ms, times }) =>
      `<circle cx="${x(Math.log10(times)).toFixed(1)}" cy="${y(i)}" r="5" fill="${colours[peer % colours.length]}" fill-opacity="0.85"><title>${escaped(`${row.workload}, ${peers[peer]}: ${ms.toPrecision(3)} ms, ${times.toPrecision(3)}x`)}</title></circle>`),
  ].join(""));
  const legend = peers.map((name, i) => `<circle cx="${left + i * 120}" cy="38" r="5" fill="${colours[i % colours.length]}"/><text x="${left + i * 120 + 9}" y="42">${escaped(name)}</text>`);
  const width = Math.max(left + plot + right, left + peers.length * 120);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="18">${escaped(caption)}</text>`,
    ...axis, ...lines, ...legend, "</svg>\n",
  ].join("\n");
}

/** The picture in a page, with what stands above and below the table. */
export const page = (svg: string, text: string): string =>
  `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Adjoint beside its peers</title>\n<body style="margin:2em;background:#fff">\n${svg}<pre style="font-size:12px">${escaped(text)}</pre>\n</body></html>\n`;
