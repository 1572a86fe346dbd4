// Chooses records of a resource by typing a part of their name: one (`pick`) or several (`picks`).
import { html, useEffect, useRef, useState } from "../vendor.js";
import { api } from "../session.js";
import { t } from "../texts.js";
import { Chip } from "./basics.js";

const DELAY = 200; // milliseconds after the last key
const MOST = 12; // suggestions

/** field: { kind, from, query, name_of(record) }; value: a record or a list of them. */
export function Picker({ id, field, value, set, described, isWrong }) {
  const isSingle = field.kind === "pick";
  const chosen = isSingle ? [value].filter(Boolean) : value;
  const name = field.name_of ?? ((one) => one.name ?? one.__str__);
  const [text, setText] = useState("");
  const [found, setFound] = useState([]);
  const [active, setActive] = useState(0);
  const timer = useRef();
  useEffect(() => () => clearTimeout(timer.current), []);

  const look = (words) => {
    setText(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      const search = field.words?.(words) ?? words;
      const query = { ...field.query, search, page_size: MOST };
      const answer = await api(field.from, { query }).catch(() => ({ results: [] }));
      const taken = new Set(chosen.map((one) => one.id));
      setFound(answer.results.filter((one) => !taken.has(one.id)));
      setActive(0);
    }, DELAY);
  };
  const clear = () => {
    clearTimeout(timer.current);
    setText("");
    setFound([]);
  };
  const take = (record) => {
    set(isSingle ? record : [...chosen, record]);
    clear();
  };
  const drop = (record) => set(isSingle ? null : chosen.filter((one) => one.id !== record.id));
  const keys = (event) => {
    if (event.key === "Escape" && found.length) {
      event.preventDefault();
      event.stopPropagation();
      clear();
    }
    if (event.key === "Enter" && found[active]) {
      event.preventDefault();
      take(found[active]);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      setActive((active + step + found.length) % found.length);
    }
  };
  return html`<div class="picker">
    <div class="chips">
      ${chosen.map(
        (one) => html`<${Chip} key=${one.id} kind=${one.property_att?.sort} remove=${() => drop(one)}>
          ${name(one)}
        </${Chip}>`,
      )}
    </div>
    <input
      id=${id}
      role="combobox"
      aria-expanded=${found.length > 0}
      aria-controls=${`${id}-list`}
      aria-activedescendant=${found[active] ? `${id}-${active}` : undefined}
      aria-autocomplete="list"
      aria-invalid=${isWrong}
      aria-describedby=${described}
      autocomplete="off"
      placeholder=${t("Type to find…")}
      value=${text}
      onInput=${(event) => look(event.target.value)}
      onFocus=${() => look(text)}
      onBlur=${() => setTimeout(clear, 150)}
      onKeyDown=${keys}
    />
    <ul id=${`${id}-list`} role="listbox" aria-label=${field.label} hidden=${found.length === 0}>
      ${found.map(
        (one, place) => html`<li
          key=${one.id}
          id=${`${id}-${place}`}
          role="option"
          aria-selected=${place === active}
          onMouseDown=${(event) => {
            event.preventDefault();
            take(one);
          }}
        >
          ${name(one)} ${one.description && html`<small>${one.description}</small>`}
        </li>`,
      )}
    </ul>
  </div>`;
}
