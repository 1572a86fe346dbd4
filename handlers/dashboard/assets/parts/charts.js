// Figures as pictures, each with its numbers in words beside it for those who cannot see it.
import { html, Plot, useEffect, useRef } from "../vendor.js";
import { language, number, t } from "../texts.js";

const HEIGHT = 190;
const COLOURS = ["--blue", "--green", "--orange", "--red", "--violet"];

/**
 * A chart over labels: series is { name: [values] }.
 * kind: "bars" or "lines".
 */
export function Chart({ label, labels, series, kind = "bars" }) {
  const place = useRef();
  const plot = useRef();
  const names = Object.keys(series);
  const data = [labels.map((_, at) => at), ...names.map((name) => series[name])];
  const shape = `${kind} ${names.join("|")} ${language.value}`;
  useEffect(() => {
    const drawn = new Plot(options(place.current, labels, names, kind), data, place.current);
    plot.current = { drawn, labels };
    const watch = new ResizeObserver(([entry]) =>
      drawn.setSize({ width: entry.contentRect.width, height: HEIGHT }),
    );
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      drawn.destroy();
    };
  }, [shape, labels.join("|")]);
  useEffect(() => plot.current.drawn.setData(data), [JSON.stringify(data)]);
  return html`<figure class="chart">
    <div ref=${place} aria-hidden="true"></div>
    <figcaption class="hidden">
      <table>
        <caption>${label}</caption>
        <tr><td></td>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr>
        ${labels.map(
          (text, at) => html`<tr>
            <th scope="row">${text}</th>
            ${names.map((name) => html`<td>${series[name][at]}</td>`)}
          </tr>`,
        )}
      </table>
    </figcaption>
  </figure>`;
}

function options(place, labels, names, kind) {
  const colour = (name) => {
    place.style.color = `var(${name})`; // a canvas knows no names of colours of ours
    return getComputedStyle(place).color;
  };
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 } };
  const bars = kind === "bars" ? { paths: Plot.paths.bars({ size: [0.75, 60] }) } : {};
  const shown = (_, ticks) => ticks.map((at) => (Number.isInteger(at) ? (labels[at] ?? "") : ""));
  return {
    width: place.clientWidth || 400,
    height: HEIGHT,
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high * 1.1, 4)] } },
    legend: { show: names.length > 1, live: false },
    cursor: { drag: { x: false, y: false } },
    axes: [
      { ...axis, values: shown, space: 90 },
      { ...axis, size: 46, values: (_, ticks) => ticks.map((one) => (one % 1 ? "" : number(one))) },
    ],
    series: [
      { value: (_, at) => labels[at] ?? "" },
      ...names.map((name, at) => ({
        label: name,
        stroke: colour(COLOURS[at % COLOURS.length]),
        fill: kind === "bars" ? colour(COLOURS[at % COLOURS.length]) : undefined,
        width: kind === "bars" ? 0 : 2,
        points: { show: kind !== "bars" && labels.length < 40 },
        ...bars,
      })),
    ],
  };
}

/** Counts beside each other: [{ name, value, href, colour }]. */
export function Counts({ of, empty }) {
  const most = Math.max(1, ...of.map((one) => one.value));
  if (!of.length) return html`<p class="muted">${empty ?? t("Nothing here.")}</p>`;
  return html`<ul class="counts">
    ${of.map(
      (one) => html`<li key=${one.name}>
        <span class="name">
          ${one.href ? html`<a href=${one.href}>${one.name}</a>` : one.name}
        </span>
        <span class="rod" aria-hidden="true">
          <span
            class=${one.value ? "some" : ""}
            style=${{ width: `${(100 * one.value) / most}%`, background: `var(${one.colour ?? "--blue"})` }}
          ></span>
        </span>
        <span class="count">${number(one.value)}</span>
      </li>`,
    )}
  </ul>`;
}
