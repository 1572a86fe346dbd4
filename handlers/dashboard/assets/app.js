// The page: who is signed in, where it is, and what stands around each place.
import { html, render, signal, useEffect, useState } from "./vendor.js";
import { api, resume, session, signOut } from "./session.js";
import { language, LANGUAGES, preferred, speak, t } from "./texts.js";
import { route, to } from "./router.js";
import { attempt, Dialog, Notices, Trouble } from "./parts/basics.js";
import { Form } from "./parts/form.js";
import { isConnected, listen } from "./live.js";
import { SignIn } from "./places/signin.js";
import { Overview } from "./places/overview.js";
import { Computers } from "./places/computers.js";
import { Deployments } from "./places/deployments.js";
import { Packages } from "./places/packages.js";
import { Catalogue } from "./places/catalogue.js";
import { Events } from "./places/events.js";
import { Settings } from "./places/settings.js";

const PLACES = [
  ["", "Overview", Overview],
  ["computers", "Computers", Computers],
  ["deployments", "Deployments", Deployments],
  ["packages", "Packages", Packages],
  ["catalogue", "Catalogue and devices", Catalogue],
  ["events", "Errors and faults", Events],
  ["settings", "Settings", Settings],
];
const THEME = "migas-theme";

const trouble = signal(null);

function Page() {
  const user = session.value;
  if (trouble.value) return html`<main><${Trouble} failure=${trouble.value} again=${begin} /></main>`;
  if (user === undefined) return html`<main aria-busy="true"></main>`;
  if (user === null) return html`<${SignIn} /><${Notices} />`;
  const [name = ""] = route.value.parts;
  const [key, title, Place] = PLACES.find(([one]) => one === name) ?? PLACES[0];
  document.title = `${t(title)} · migas-tornado`;
  return html`
    <a class="skip" href="#main" onClick=${toMain}>${t("To the content")}</a>
    <${Top} current=${key} user=${user} />
    <main id="main" tabindex="-1">
      ${!isConnected.value &&
      html`<p class="offline" role="status">
        ${t("The live connection is lost; trying to restore it. Figures may be old.")}
      </p>`}
      <${Place} key=${`${key}/${language.value}`} />
    </main>
    <${Notices} />
  `;
}

function toMain(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function Top({ current, user }) {
  const [isOpen, setOpen] = useState(false);
  const [isAccount, setAccount] = useState(false);
  useEffect(() => setOpen(false), [current]);
  return html`<header class="top">
    <a class="brand" href="#/">migas</a>
    <button
      class="menu plain"
      aria-expanded=${isOpen}
      aria-controls="places"
      onClick=${() => setOpen(!isOpen)}
    >
      ☰ <span class="hidden">${t("Menu")}</span>
    </button>
    <nav id="places" class=${isOpen ? "open" : ""} aria-label=${t("Places")}>
      ${PLACES.map(
        ([key, title]) =>
          html`<a href=${to(key)} aria-current=${key === current ? "page" : undefined}>${t(title)}</a>`,
      )}
    </nav>
    <span class="grow"></span>
    <button class="plain" onClick=${() => setAccount(true)}>${user.username}</button>
    ${isAccount && html`<${Account} user=${user} close=${() => setAccount(false)} />`}
  </header>`;
}

function Account({ user, close }) {
  const [isPassword, setPassword] = useState(false);
  return html`<${Dialog} title=${user.username} close=${close}>
    <div class="field">
      <label for="language">${t("Language")}</label>
      <select id="language" onChange=${(event) => speak(event.target.value)}>
        ${Object.entries(LANGUAGES).map(
          ([code, name]) =>
            html`<option value=${code} selected=${code === language.value}>${name}</option>`,
        )}
      </select>
    </div>
    <div class="field">
      <label for="theme">${t("Colours")}</label>
      <select id="theme" onChange=${(event) => dress(event.target.value)}>
        ${[["", t("As the system")], ["light", t("Light")], ["dark", t("Dark")]].map(
          ([key, name]) =>
            html`<option value=${key} selected=${key === (localStorage.getItem(THEME) ?? "")}>
              ${name}
            </option>`,
        )}
      </select>
    </div>
    <${View} user=${user} />
    ${isPassword
      ? html`<${Form}
          path="/rest-auth/password/change"
          fields=${[
            { name: "new_password1", label: t("New password"), kind: "password", required: true, autocomplete: "new-password" },
            { name: "new_password2", label: t("Once more"), kind: "password", required: true, autocomplete: "new-password" },
          ]}
          done=${() => (session.value = null)}
          close=${() => setPassword(false)}
        />`
      : html`<div class="actions">
          <button onClick=${() => setPassword(true)}>${t("Change the password")}</button>
          <a class="button" href="/docs/">${t("API")}</a>
          <button onClick=${() => attempt(signOut)}>${t("Sign out")}</button>
        </div>`}
  </${Dialog}>`;
}

/** The domain or scope to which everything that is shown is limited. */
function View({ user }) {
  const [choices, setChoices] = useState([]);
  useEffect(() => {
    Promise.all([api("domains/"), api("scopes/")]).then(
      ([domains, scopes]) =>
        setChoices([
          ...domains.results.map((one) => [`domain_preference ${one.id}`, one.name]),
          ...scopes.results.map((one) => [`scope_preference ${one.id}`, one.name]),
        ]),
      () => {},
    );
  }, []);
  if (!choices.length) return null;
  const current = user.scope ? `scope_preference ${user.scope}` : `domain_preference ${user.domain}`;
  const change = (event) =>
    attempt(async () => {
      const body = { domain_preference: null, scope_preference: null };
      const [name, id] = event.target.value.split(" ");
      if (name) body[name] = Number(id);
      await api(`user-profiles/${user.id}/`, { method: "PATCH", body });
      location.reload();
    });
  return html`<div class="field">
    <label for="view">${t("Show only")}</label>
    <select id="view" onChange=${change}>
      <option value="">${t("everything")}</option>
      ${choices.map(
        ([key, name]) => html`<option value=${key} selected=${key === current}>${name}</option>`,
      )}
    </select>
  </div>`;
}

function dress(theme) {
  localStorage.setItem(THEME, theme);
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

async function begin() {
  trouble.value = null;
  try {
    await resume();
  } catch (failure) {
    trouble.value = failure;
  }
}

dress(localStorage.getItem(THEME) ?? "");
await speak(preferred());
const page = document.getElementById("app");
page.replaceChildren();
render(html`<${Page} />`, page);
await begin();
listen();
