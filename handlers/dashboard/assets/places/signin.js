// The sign-in.
import { html, useEffect, useRef, useState } from "../vendor.js";
import { signIn } from "../session.js";
import { t } from "../texts.js";

export function SignIn() {
  const [failure, setFailure] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [organization, setOrganization] = useState("");
  const first = useRef();
  useEffect(() => {
    first.current.focus();
    fetch("/api/v1/public/server/info/")
      .then((answer) => answer.json())
      .then((info) => setOrganization(info.organization), () => {});
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    setBusy(true);
    try {
      await signIn(form.get("username"), form.get("password"));
    } catch (problem) {
      setFailure(problem.status === 401 ? t("Name and password do not belong together.") : problem.message);
      setBusy(false);
    }
  };
  return html`<main class="signin">
    <form onSubmit=${submit} class="card">
      <h1>${organization || "migas-tornado"}</h1>
      <div class="field">
        <label for="username">${t("User name")}</label>
        <input id="username" name="username" required autocomplete="username" ref=${first} />
      </div>
      <div class="field">
        <label for="password">${t("Password")}</label>
        <input
          id="password"
          name="password"
          type="password"
          required
          autocomplete="current-password"
        />
      </div>
      ${failure && html`<p class="trouble" role="alert">${failure}</p>`}
      <button class="main" disabled=${isBusy}>${t("Sign in")}</button>
    </form>
  </main>`;
}
