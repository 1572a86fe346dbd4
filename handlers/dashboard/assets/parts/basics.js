// The small pieces of which every place is made.
import { html, signal, useEffect, useRef, useState } from "../vendor.js";
import { t } from "../texts.js";

const notices = signal([]);

/** Tell something in a corner of the page for a while; "bad" stays until it is closed. */
export function notify(text, kind = "good") {
  const notice = { text, kind };
  notices.value = [...notices.value, notice];
  const close = () => (notices.value = notices.value.filter((one) => one !== notice));
  if (kind === "good") setTimeout(close, 5000);
  notice.close = close;
}

/** Do something that may fail, and tell its failure. Returns whether it went well. */
export async function attempt(work, done) {
  try {
    await work();
    if (done) notify(done);
    return true;
  } catch (failure) {
    notify(failure.message, "bad");
    return false;
  }
}

export function Notices() {
  return html`<div class="notices" role="status" aria-live="polite">
    ${notices.value.map(
      (one) => html`<div class=${`notice ${one.kind}`}>
        <span>${one.text}</span>
        <button class="plain" aria-label=${t("Close")} onClick=${one.close}>×</button>
      </div>`,
    )}
  </div>`;
}

/**
 * Load something, and again when one of `causes` changes.
 * Returns { value, failure, isLoading, again }; a value stays while its successor is on its way.
 */
export function useLoaded(load, causes) {
  const [state, setState] = useState({ isLoading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ value: before.value, isLoading: true }));
    load(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ value, isLoading: false }),
      (failure) => !stop.signal.aborted && setState({ failure, isLoading: false }),
    );
    return () => stop.abort();
  }, [...causes, round]);
  return { ...state, again: () => setRound((one) => one + 1) };
}

/** Show what was loaded; a failure in words, with a way to try again. */
export function Loaded({ of, children }) {
  if (of.failure) return html`<${Trouble} failure=${of.failure} again=${of.again} />`;
  if (of.value === undefined) return html`<p class="muted" aria-busy="true">${t("Loading…")}</p>`;
  return children(of.value);
}

export function Trouble({ failure, again }) {
  return html`<div class="trouble" role="alert">
    <p>${failure.message}</p>
    <button onClick=${again}>${t("Try again")}</button>
  </div>`;
}

/** A heading that gets the focus when its place is opened, so that readers hear where they are. */
export function Title({ children, actions }) {
  const heading = useRef();
  useEffect(() => heading.current.focus(), []);
  return html`<header class="title">
    <h1 tabindex="-1" ref=${heading}>${children}</h1>
    <div class="actions">${actions}</div>
  </header>`;
}

export function Card({ title, link, children, wide }) {
  return html`<section class=${`card ${wide ? "wide" : ""}`} aria-label=${title}>
    <h2>${link ? html`<a href=${link}>${title}</a>` : title}</h2>
    ${children}
  </section>`;
}

/** Tabs that are links, so that each has an address. */
export function Tabs({ label, tabs, current }) {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(
      ([key, text, href]) =>
        html`<a href=${href} aria-current=${key === current ? "page" : undefined}>${text}</a>`,
    )}
  </nav>`;
}

/** A dialog over the page; Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, close, children }) {
  const dialog = useRef();
  useEffect(() => {
    dialog.current.showModal();
    return () => dialog.current?.close();
  }, []);
  return html`<dialog ref=${dialog} aria-label=${title} onClose=${close} onCancel=${close}>
    <header class="title">
      <h2>${title}</h2>
      <button class="plain" aria-label=${t("Close")} onClick=${close}>×</button>
    </header>
    ${children}
  </dialog>`;
}

/** A button that asks before it does what cannot be undone. */
export function Danger({ text, question, act }) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) return html`<button class="danger" onClick=${() => setAsked(true)}>${text}</button>`;
  return html`<span class="ask" role="alertdialog" aria-label=${question}>
    ${question}
    <button class="danger" onClick=${() => act().then(() => setAsked(false))}>${t("Yes")}</button>
    <button onClick=${() => setAsked(false)}>${t("No")}</button>
  </span>`;
}

export function Chip({ children, kind, href, remove }) {
  const inner = href ? html`<a href=${href}>${children}</a>` : children;
  return html`<span class=${`chip ${kind ?? ""}`}>
    ${inner}
    ${remove &&
    html`<button
      type="button"
      class="plain"
      aria-label=${t("Remove {name}", { name: children })}
      onClick=${remove}
    >
      ×
    </button>`}
  </span>`;
}

export const attributeName = (one) => `${one.property_att?.prefix ?? ""}-${one.value}`;

export function Attributes({ of }) {
  if (!of.length) return html`<span class="muted">${t("none")}</span>`;
  return of.map(
    (one) => html`<${Chip} kind=${one.property_att?.sort}>${attributeName(one)}</${Chip}> `,
  );
}

/** Facts as terms and their descriptions; those that are empty are left out. */
export function Facts({ of }) {
  const told = of.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return html`<dl class="facts">
    ${told.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

export function Progress({ value, label }) {
  const percent = Math.round(value);
  return html`<span class="progress">
    <progress max="100" value=${percent} aria-label=${label}></progress> ${percent} %
  </span>`;
}

/** How far the build of a repository is, as the topic "builds" tells it. */
export function BuildProgress({ of }) {
  const words = t(of.state === "running" ? (of.phase ?? of.state) : of.state);
  const percent = of.percent ?? (of.total ? (100 * of.done) / of.total : of.state === "done" ? 100 : 0);
  return html`<span>${words} <${Progress} value=${percent} label=${words} /></span>`;
}
