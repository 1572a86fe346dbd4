// Packages: upload by dropping files, what there is, in which stores, and where it is used.
import { html, useRef, useState } from "../vendor.js";
import { api, may, upload } from "../session.js";
import { t } from "../texts.js";
import { route, to } from "../router.js";
import { Card, Dialog, Loaded, notify, Tabs, Title, useLoaded } from "../parts/basics.js";
import { Collection } from "../parts/collection.js";
import { nameField, projectField } from "../parts/fields.js";
import { Table } from "../parts/table.js";

const STORES = () => ({
  path: "stores",
  permission: "core.store",
  title: t("Stores"),
  one: t("store"),
  columns: [
    { title: t("Name"), order: "name", cell: (one) => one.name },
    { title: t("Project"), order: "project", cell: (one) => one.project.name },
    { title: t("Packages"), cell: (one) => html`<a href=${to("packages", { store__id: one.id })}>${t("show")}</a>` },
  ],
  filters: [{ name: "project__id", label: t("Project"), from: "projects/" }],
  fields: (record) => [nameField(), ...(record.id ? [] : [projectField()])],
});

const SETS = () => ({
  path: "package-sets",
  permission: "core.packageset",
  title: t("Package sets"),
  one: t("package set"),
  columns: [
    { title: t("Name"), order: "name", cell: (one) => one.name },
    { title: t("Project"), order: "project", cell: (one) => one.project.name },
    { title: t("Store"), cell: (one) => one.store?.name ?? "" },
    { title: t("Description"), cell: (one) => one.description ?? "" },
  ],
  filters: [{ name: "project__id", label: t("Project"), from: "projects/" }],
  fields: (record) => [
    nameField(),
    ...(record.id
      ? []
      : [projectField(), { name: "store", label: t("Store"), kind: "choice", from: "stores/", name_of: (one) => `${one.name} · ${one.project.name}`, required: true }]),
    { name: "description", label: t("Description"), kind: "area" },
    { name: "packages", label: t("Packages"), kind: "picks", from: "packages/", query: { store__isnull: "false", project__id: record.project?.id }, name_of: (one) => one.fullname },
  ],
});

export function Packages() {
  const [, sub = ""] = route.value.parts;
  const tabs = [
    ["", t("Packages"), to("packages")],
    ["stores", t("Stores"), to("packages/stores")],
    ["sets", t("Package sets"), to("packages/sets")],
  ];
  return html`
    <${Title}>${t("Packages")}</${Title}>
    <${Tabs} label=${t("Packages")} current=${sub} tabs=${tabs} />
    ${sub === "stores"
      ? html`<${Collection} key="stores" kind=${STORES()} />`
      : sub === "sets"
        ? html`<${Collection} key="sets" kind=${SETS()} />`
        : html`<${All} />`}
  `;
}

function All() {
  const [stamp, setStamp] = useState(0);
  const [shown, setShown] = useState(null);
  return html`
    ${may("core.add_package") && html`<${Upload} done=${() => setStamp((one) => one + 1)} />`}
    <${Table}
      path="packages"
      label=${t("Packages")}
      stamp=${stamp}
      filters=${[
        { name: "project__id", label: t("Project"), from: "projects/" },
        { name: "store__id", label: t("Store"), from: "stores/", text: (one) => `${one.name} · ${one.project.name}` },
        { name: "store__isnull", label: t("Origin"), choices: [["false", t("in a store")], ["true", t("only seen on computers")]] },
        { name: "deployment__isnull", label: t("Deployments"), choices: [["true", t("in none")], ["false", t("in some")]] },
      ]}
      columns=${[
        { title: t("File"), order: "fullname", cell: (one) => html`<button class="link" onClick=${() => setShown(one)}>${one.fullname}</button>` },
        { title: t("Version"), order: "version", cell: (one) => one.version },
        { title: t("Architecture"), order: "architecture", cell: (one) => one.architecture },
        { title: t("Project"), order: "project", cell: (one) => one.project.name },
        { title: t("Store"), cell: (one) => one.store?.name ?? "" },
        { title: t("Used"), cell: (one) => html`<a href=${to("deployments", { available_packages__id: one.id })}>${t("Deployments")}</a> <a href=${to("computers", { installed_package: one.name })}>${t("Computers")}</a>` },
      ]}
    />
    ${shown && html`<${Package} one=${shown} close=${() => setShown(null)} />`}
  `;
}

function Package({ one, close }) {
  const loaded = useLoaded(
    async (stop) => (one.store?.id ? (await api(`packages/${one.id}/info/`, { signal: stop })).data : ""),
    [one.id],
  );
  return html`<${Dialog} title=${one.fullname} close=${close}>
    ${one.url && html`<p><a class="button" href=${one.url} download>${t("Download")}</a></p>`}
    <${Loaded} of=${loaded}>${(text) => html`<pre class="info">${text.replaceAll("~~~\n", "") || t("Only seen on computers: the server does not have the file.")}</pre>`}</${Loaded}>
  </${Dialog}>`;
}

/** Files that are dropped or chosen go into a store one after the other, each with its progress. */
function Upload({ done }) {
  const [store, setStore] = useState("");
  const [files, setFiles] = useState([]);
  const [isOver, setOver] = useState(false);
  const chooser = useRef();
  const stores = useLoaded((stop) => api("stores/", { query: { page_size: 1000 }, signal: stop }), []);
  const change = (place, news) =>
    setFiles((before) => before.map((one, at) => (at === place ? { ...one, ...news } : one)));
  const send = async (list) => {
    const begun = [...list].map((file) => ({ file, progress: 0, state: "waiting" }));
    if (!store) return notify(t("Choose a store first."), "bad");
    setFiles(begun);
    for (const [place, { file }] of begun.entries()) {
      const form = new FormData();
      form.append("store", store);
      form.append("files", file);
      change(place, { state: "sending" });
      try {
        await upload("packages/", form, (progress) => change(place, { progress }));
        change(place, { state: "done", progress: 1 });
      } catch (failure) {
        change(place, { state: "failed", words: failure.message });
      }
    }
    done();
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    send(event.dataTransfer.files);
  };
  return html`<${Card} title=${t("Upload packages")} wide>
    <div class="bar">
      <label for="store">${t("Store")}</label>
      <select id="store" value=${store} onChange=${(event) => setStore(event.target.value)}>
        <option value=""></option>
        ${(stores.value?.results ?? []).map((one) => html`<option value=${one.id}>${one.name} · ${one.project.name}</option>`)}
      </select>
    </div>
    <div
      class=${`drop ${isOver ? "over" : ""}`}
      onDragOver=${(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave=${() => setOver(false)}
      onDrop=${drop}
    >
      <p>${t("Drop packages here, or")}</p>
      <button onClick=${() => chooser.current.click()}>${t("choose files")}</button>
      <input
        ref=${chooser}
        type="file"
        multiple
        hidden
        aria-label=${t("Package files")}
        onChange=${(event) => send(event.target.files)}
      />
    </div>
    <ul class="plain-list" aria-live="polite">
      ${files.map(
        (one) => html`<li key=${one.file.name} class=${one.state}>
          ${one.file.name}
          <progress max="1" value=${one.progress} aria-label=${one.file.name}></progress>
          ${one.state === "done" && html`<span class="good">${t("uploaded")}</span>`}
          ${one.state === "failed" && html`<span class="bad">${one.words}</span>`}
        </li>`,
      )}
    </ul>
  </${Card}>`;
}
