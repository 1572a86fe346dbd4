// A kind of record as a whole: its list, and a form over each record. Declared, not written.
import { html, useState } from "../vendor.js";
import { api, may } from "../session.js";
import { t } from "../texts.js";
import { refine, route } from "../router.js";
import { Danger, Dialog, Loaded, useLoaded } from "./basics.js";
import { Form, removal } from "./form.js";
import { Table } from "./table.js";

/**
 * kind: { path, permission, title, one, columns, filters, fields, pick, extra }
 * The first column opens the record. `extra(record, again)` stands below the form of one.
 */
export function Collection({ kind }) {
  const [stamp, setStamp] = useState(0);
  const { open, ...rest } = route.value.query;
  const close = () => refine({ open: "" });
  const done = () => {
    setStamp((one) => one + 1);
    close();
  };
  const right = (action) => Boolean(kind.permission) && may(kind.permission.replace(".", `.${action}_`));
  const [first, ...others] = kind.columns;
  const opening = {
    ...first,
    cell: (row) =>
      html`<button class="link" onClick=${() => refine({ open: row.id })}>${first.cell(row)}</button>`,
  };
  return html`<div>
    ${kind.fields &&
    !kind.isFixed &&
    right("add") &&
    html`<div class="bar">
      <button class="main" onClick=${() => refine({ open: "new" })}>${t("New: {what}", { what: kind.one })}</button>
    </div>`}
    <${Table}
      path=${kind.path}
      label=${kind.title}
      columns=${kind.fields ? [opening, ...others] : kind.columns}
      filters=${kind.filters}
      stamp=${stamp}
      pick=${kind.pick}
    />
    ${open && html`<${Record} key=${open} kind=${kind} id=${open} right=${right} close=${close} done=${done} />`}
  </div>`;
}

function Record({ kind, id, right, close, done }) {
  const isNew = id === "new";
  const loaded = useLoaded(
    async (stop) => (isNew ? {} : api(`${kind.path}/${id}/`, { signal: stop })),
    [id],
  );
  const canSave = right(isNew ? "add" : "change");
  return html`<${Dialog} title=${isNew ? t("New: {what}", { what: kind.one }) : kind.one} close=${close}>
    <${Loaded} of=${loaded}>
      ${(record) => html`
        <fieldset disabled=${!canSave}>
          <legend class="hidden">${kind.one}</legend>
          <${Form}
            path=${kind.path}
            id=${isNew ? undefined : id}
            fields=${kind.fields(record)}
            record=${record}
            fixed=${kind.fixed}
            done=${done}
            close=${close}
          >
            ${!isNew &&
            right("delete") &&
            html`<${Danger}
              text=${t("Delete")}
              question=${t("Delete it for good?")}
              act=${removal(kind.path, id, done)}
            />`}
          </${Form}>
        </fieldset>
        ${!isNew && kind.extra?.(record, loaded.again)}
      `}
    </${Loaded}>
  </${Dialog}>`;
}
