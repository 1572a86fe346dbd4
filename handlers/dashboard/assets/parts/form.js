// Forms over records of the API: only what was changed is sent, and mistakes stand by their field.
import { html, useId, useState } from "../vendor.js";
import { api } from "../session.js";
import { t } from "../texts.js";
import { attempt, notify, useLoaded } from "./basics.js";
import { Picker } from "./picker.js";

/**
 * path: of the resource; id: of the record, or nothing for a new one.
 * fields: [{ name, label, kind, ... }] with the kinds of INPUTS below.
 * fixed: values that are sent with a new record; record: values to begin with.
 * done(record): after it was saved.
 */
export function Form({ path, id, fields, record = {}, fixed = {}, done, close, children }) {
  const [start] = useState(() => initial(fields, record));
  const [values, setValues] = useState(start);
  const [mistakes, setMistakes] = useState({});
  const [isBusy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const sent = changes(fields, start, values, !id);
      const target = id ? `${path}/${id}/` : `${path}/`;
      const body = id ? sent : { ...sent, ...fixed };
      const answer = await api(target, { method: id ? "PATCH" : "POST", body });
      notify(t("Saved."));
      done?.(answer);
    } catch (failure) {
      setMistakes(failure.fields ?? {});
      notify(failure.message, "bad");
    } finally {
      setBusy(false);
    }
  };
  return html`<form onSubmit=${submit}>
    ${fields.map(
      (field) => html`<${Field}
        key=${field.name}
        field=${field}
        value=${values[field.name]}
        values=${values}
        mistake=${mistakes[field.name]}
        set=${(value) => setValues((before) => ({ ...before, [field.name]: value }))}
      />`,
    )}
    <div class="actions">
      <button class="main" disabled=${isBusy}>${t("Save")}</button>
      ${close && html`<button type="button" onClick=${close}>${t("Cancel")}</button>`}
      ${children}
    </div>
  </form>`;
}

/** Delete a record, after it was asked for, and go on. */
export function removal(path, id, done) {
  return async () => {
    const ended = () => api(`${path}/${id}/`, { method: "DELETE" });
    if (await attempt(ended, t("Deleted."))) done();
  };
}

function initial(fields, record) {
  return Object.fromEntries(
    fields.map((field) => [field.name, field.read?.(record) ?? given(field, record[field.name])]),
  );
}

function given(field, value) {
  if (value === undefined || value === null) return field.start ?? BLANK[field.kind] ?? "";
  if (field.kind === "lines") return [value].flat().join("\n");
  if (field.kind === "choice") return String(value.id ?? value);
  return value;
}

const BLANK = { picks: [], tick: false, pick: null };

function changes(fields, start, values, isNew) {
  const changed = fields.filter(
    ({ name, required }) =>
      JSON.stringify(start[name]) !== JSON.stringify(values[name]) ||
      (isNew && (required || values[name] !== "")),
  );
  return Object.fromEntries(changed.map((field) => [field.name, sent(field, values[field.name])]));
}

function sent({ kind, isText }, value) {
  if (kind === "picks") return value.map((one) => one.id);
  if (kind === "pick") return value?.id ?? null;
  if (kind === "lines") return value.split("\n").map((one) => one.trim()).filter(Boolean);
  if (kind === "number") return value === "" ? null : Number(value);
  if (kind === "choice" && !isText) return value === "" ? null : Number(value);
  return value;
}

function Field({ field, value, values, mistake, set }) {
  const id = useId();
  if (field.shown && !field.shown(values)) return null;
  const Input = INPUTS[field.kind] ?? INPUTS.text;
  const described = mistake || field.hint ? `${id}-about` : undefined;
  return html`<div class=${`field ${field.kind ?? "text"} ${mistake ? "wrong" : ""}`}>
    <label for=${id}>${field.label}${field.required && html` <span aria-hidden="true">*</span>`}</label>
    <${Input} ...${{ id, field, value, set, described, isWrong: Boolean(mistake) }} />
    ${described && html`<small id=${described}>${mistake ?? field.hint}</small>`}
  </div>`;
}

function text(type, extra = {}) {
  return ({ id, field, value, set, described, isWrong }) => html`<input
    id=${id}
    type=${type}
    value=${value}
    required=${field.required}
    aria-invalid=${isWrong}
    aria-describedby=${described}
    autocomplete=${field.autocomplete ?? "off"}
    ...${extra}
    onInput=${(event) => set(event.target.value)}
  />`;
}

function Area({ id, field, value, set, described, isWrong }) {
  return html`<textarea
    id=${id}
    rows=${field.rows ?? 4}
    class=${field.kind === "code" ? "code" : ""}
    required=${field.required}
    aria-invalid=${isWrong}
    aria-describedby=${described}
    spellcheck=${field.kind !== "code"}
    onInput=${(event) => set(event.target.value)}
    value=${value}
  ></textarea>`;
}

function TickBox({ id, value, set, described }) {
  return html`<input
    id=${id}
    type="checkbox"
    checked=${value}
    aria-describedby=${described}
    onChange=${(event) => set(event.target.checked)}
  />`;
}

/** `choices` are pairs, or come from `from`, the path of a list or of an object of pairs. */
function Choice({ id, field, value, set, described, isWrong }) {
  const loaded = useLoaded(async () => field.choices ?? pairs(field, await fetched(field)), []);
  const choices = loaded.value ?? [];
  return html`<select
    id=${id}
    required=${field.required}
    aria-invalid=${isWrong}
    aria-describedby=${described}
    onChange=${(event) => set(event.target.value)}
  >
    ${(!field.required || value === "") && html`<option value="" selected=${value === ""}></option>`}
    ${choices.map(
      ([key, name]) =>
        html`<option value=${key} selected=${String(key) === String(value)}>${name}</option>`,
    )}
  </select>`;
}

function fetched(field) {
  return api(field.from, { query: { page_size: 500, ...field.query } });
}

function pairs(field, answer) {
  if (answer.results) return answer.results.map((one) => [one.id, field.name_of?.(one) ?? one.name]);
  return Object.entries(answer.choices ?? answer);
}

const INPUTS = {
  text: text("text"),
  password: text("password"),
  email: text("email"),
  date: text("date"),
  number: text("number", { step: "any" }),
  lines: Area,
  area: Area,
  code: Area,
  tick: TickBox,
  choice: Choice,
  pick: Picker,
  picks: Picker,
};
