// Puts the libraries of the dashboard into the file and the style sheet that are committed.
// `npm ci && npm run build` writes the same bytes again.
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const assets = new URL("../handlers/dashboard/assets/", import.meta.url);

await build({
  entryPoints: [new URL("vendor.mjs", import.meta.url).pathname],
  outfile: new URL("vendor.js", assets).pathname,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  banner: {
    js: "// preact, @preact/signals, uPlot: MIT; htm: Apache-2.0. See dashboard/ for the source.",
  },
});

const plot = new URL("node_modules/uplot/dist/uPlot.min.css", import.meta.url);
await writeFile(new URL("plot.css", assets), await readFile(plot));
