// A list of the API as a table: search, filters, order, pages and export are the server's work.
import { html, useEffect, useRef, useState } from "../vendor.js";
import { api, download } from "../session.js";
import { number, t } from "../texts.js";
import { refine, route } from "../router.js";
import { attempt, Loaded, useLoaded } from "./basics.js";

const PAGE_SIZE = 25;
const SEARCH_DELAY = 250; // milliseconds after the last key

/**
 * path: of the resource.
 * columns: [{ title, order, cell(row) }]; `order` is what the API sorts by, if it can.
 * filters: [{ name, label, choices: [[value, text]] }], or with `from`: the path of a resource.
 * always: filters that nobody takes off.
 * pick: (rows, again) => what to do with rows that are ticked; without it nothing can be ticked.
 * stamp: another value reloads the list.
 */
export function Table({ path, label, columns, filters = [], always = {}, pick, stamp }) {
  const { page = "1", ...rest } = route.value.query;
  const [chosen, setChosen] = useState(new Set());
  const query = { page_size: PAGE_SIZE, page, ...rest, ...always };
  const loaded = useLoaded(
    (stop) => api(`${path}/`, { query, signal: stop }).catch(backToStart(page)),
    [path, JSON.stringify(query), stamp],
  );
  useEffect(() => setChosen(new Set()), [path, JSON.stringify(query)]);
  const rows = loaded.value?.results ?? [];
  const ticked = rows.filter((row) => chosen.has(row.id));
  const { page: _, page_size: __, ...exported } = query;
  return html`<div class="list">
    <div class="bar">
      <${Search} />
      ${filters.map((one) => html`<${FilterBox} filter=${one} key=${one.name} />`)}
      <${Strange} filters=${filters} />
      <span class="grow"></span>
      ${pick && ticked.length > 0 && pick(ticked, loaded.again)}
      <button onClick=${() => attempt(() => download(`${path}/export/`, exported))}>
        ${t("Export")}
      </button>
    </div>
    <${Loaded} of=${loaded}>
      ${(value) => html`
        <div class="scroll">
          <table aria-label=${label} aria-busy=${loaded.isLoading}>
            <thead>
              <tr>
                ${pick && html`<th class="tick"><${TickAll} ...${{ rows, chosen, setChosen }} /></th>`}
                ${columns.map((column) => html`<${Head} column=${column} />`)}
              </tr>
            </thead>
            <tbody>
              ${value.results.map(
                (row) => html`<tr key=${row.id}>
                  ${pick && html`<td class="tick"><${Tick} ...${{ row, chosen, setChosen }} /></td>`}
                  ${columns.map((one) => html`<td data-title=${one.title}>${one.cell(row)}</td>`)}
                </tr>`,
              )}
            </tbody>
          </table>
          ${value.results.length === 0 && html`<p class="muted empty">${t("Nothing here.")}</p>`}
        </div>
        <${Pages} count=${value.count} page=${Number(page)} />
      `}
    </${Loaded}>
  </div>`;
}

/** The last record of a later page may be gone; the list then begins anew. */
function backToStart(page) {
  return (failure) => {
    if (failure.status !== 404 || page === "1") throw failure;
    refine({ page: "" });
    return { count: 0, results: [] };
  };
}

function Search() {
  const [text, setText] = useState(route.value.query.search ?? "");
  const timer = useRef();
  const change = (event) => {
    setText(event.target.value);
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => refine({ search: event.target.value, page: "" }),
      SEARCH_DELAY,
    );
  };
  return html`<input
    type="search"
    value=${text}
    onInput=${change}
    placeholder=${t("Search")}
    aria-label=${t("Search")}
  />`;
}

function FilterBox({ filter }) {
  const loaded = useLoaded(
    async (stop) => {
      if (!filter.from) return filter.choices;
      const answer = await api(filter.from, { query: { page_size: 500 }, signal: stop });
      return answer.results.map((one) => [String(one.id), filter.text?.(one) ?? one.name]);
    },
    [filter.name],
  );
  return html`<select
    aria-label=${filter.label}
    value=${route.value.query[filter.name] ?? ""}
    onChange=${(event) => refine({ [filter.name]: event.target.value, page: "" })}
  >
    <option value="">${filter.label}</option>
    ${(loaded.value ?? []).map(([value, text]) => html`<option value=${value}>${text}</option>`)}
  </select>`;
}

/** Filters that came with a link and have no box here: named, so that they can be taken off. */
function Strange({ filters }) {
  const known = new Set(["page", "search", "ordering", ...filters.map((one) => one.name)]);
  return Object.entries(route.value.query)
    .filter(([name]) => !known.has(name))
    .map(
      ([name, value]) => html`<button
        class="chip"
        title=${t("Take this filter off")}
        onClick=${() => refine({ [name]: "", page: "" })}
      >
        ${name} = ${value.length > 40 ? `${value.slice(0, 40)}…` : value} ×
      </button>`,
    );
}

function Head({ column }) {
  const { ordering } = route.value.query;
  if (!column.order) return html`<th scope="col">${column.title}</th>`;
  const isUp = ordering === column.order;
  const isDown = ordering === `-${column.order}`;
  const next = isUp ? `-${column.order}` : column.order;
  return html`<th scope="col" aria-sort=${isUp ? "ascending" : isDown ? "descending" : "none"}>
    <button class="plain" onClick=${() => refine({ ordering: next, page: "" })}>
      ${column.title} <span aria-hidden="true">${isUp ? "▲" : isDown ? "▼" : ""}</span>
    </button>
  </th>`;
}

function Tick({ row, chosen, setChosen }) {
  const change = () => {
    const next = new Set(chosen);
    if (!next.delete(row.id)) next.add(row.id);
    setChosen(next);
  };
  return html`<input
    type="checkbox"
    aria-label=${t("Choose {id}", { id: row.id })}
    checked=${chosen.has(row.id)}
    onChange=${change}
  />`;
}

function TickAll({ rows, chosen, setChosen }) {
  const isFull = rows.length > 0 && rows.every((row) => chosen.has(row.id));
  return html`<input
    type="checkbox"
    aria-label=${t("Choose all of this page")}
    checked=${isFull}
    onChange=${() => setChosen(new Set(isFull ? [] : rows.map((row) => row.id)))}
  />`;
}

function Pages({ count, page }) {
  const last = Math.max(1, Math.ceil(count / PAGE_SIZE));
  return html`<nav class="pages" aria-label=${t("Pages")}>
    <span>${t("{count} in all", { count: number(count) })}</span>
    <button disabled=${page <= 1} onClick=${() => refine({ page: page - 1 })}>
      ${t("Previous")}
    </button>
    <span>${t("Page {page} of {last}", { page: number(page), last: number(last) })}</span>
    <button disabled=${page >= last} onClick=${() => refine({ page: page + 1 })}>
      ${t("Next")}
    </button>
  </nav>`;
}
