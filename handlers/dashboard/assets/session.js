// Who is signed in, and every call of the API. The access token lives in this module alone; what
// renews it after a reload is a cookie that no script can read.
import { signal } from "./vendor.js";
import { language, t } from "./texts.js";

const RENEW_BEFORE = 30; // seconds before the access token ends

export const session = signal(undefined); // undefined: not known yet; null: nobody; else the user
let access = "";
let endsAt = 0;
let renewal = null;

/** What went wrong, in words; `fields` has the mistakes of a form by field. */
export class Failure extends Error {
  constructor(message, status = 0, fields = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/** Tell whether the user may do something, such as "core.add_deployment". */
export function may(permission) {
  const user = session.value;
  return Boolean(user) && (user.is_superuser || user.permissions.includes(permission));
}

/** Sign in, or throw a Failure. */
export async function signIn(username, password) {
  begin(await send("POST", "/session/", { body: { username, password } }));
}

/** Find the session that a cookie still holds; nobody is signed in when there is none. */
export async function resume() {
  try {
    await renew();
  } catch (failure) {
    if (failure.status === 0) throw failure;
    session.value = null;
  }
}

export async function signOut() {
  try {
    await send("DELETE", "/session/", {});
  } finally {
    access = "";
    session.value = null;
  }
}

/** The access token, renewed when it is about to end. */
export async function token() {
  if (Date.now() / 1000 > endsAt - RENEW_BEFORE) await renew();
  return access;
}

function renew() {
  renewal ??= send("GET", "/session/", {})
    .then(begin)
    .finally(() => (renewal = null));
  return renewal;
}

function begin(answer) {
  access = answer.access;
  endsAt = Date.now() / 1000 + answer.seconds;
  if (JSON.stringify(session.value) !== JSON.stringify(answer.user)) session.value = answer.user;
}

/**
 * Call the API below /api/v1/token/ (or any path that begins with a slash) and return its JSON.
 * Throws a Failure; a session that ended leads back to the sign-in.
 */
export async function api(path, { method = "GET", query, body, signal: stop } = {}) {
  try {
    return await send(method, address(path, query), { bearer: await token(), body, stop });
  } catch (failure) {
    if (failure.status === 401) session.value = null;
    throw failure;
  }
}

/** Return the URL of a call, without parameters that are empty. */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  const text = new URLSearchParams(given).toString();
  return (path.startsWith("/") ? path : `/api/v1/token/${path}`) + (text && `?${text}`);
}

async function send(method, url, { bearer, body, stop }) {
  const headers = { "Accept-Language": language.value };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  const content = body === undefined || isForm ? body : JSON.stringify(body);
  let response;
  try {
    response = await fetch(url, { method, headers, body: content, signal: stop });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(t("The server cannot be reached."));
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  throw refusal(response.status, await response.json().catch(() => null));
}

/** Return the Failure that an answer of the API stands for. */
export function refusal(status, answer) {
  if (answer && typeof answer === "object" && !answer.detail && !answer.error) {
    const fields = Object.fromEntries(
      Object.entries(answer).map(([name, texts]) => [name, [texts].flat(3).map(String).join(" ")]),
    );
    return new Failure(Object.values(fields).join(" "), status, fields);
  }
  const words = answer?.detail ?? answer?.error ?? t("The server answered {status}.", { status });
  return new Failure(String(words), status);
}

/** Save what an export answers as a file. */
export async function download(path, query) {
  const headers = { Authorization: `Bearer ${await token()}`, "Accept-Language": language.value };
  const response = await fetch(address(path, query), { headers });
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => null));
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ? name[1] : "export";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Upload a form and tell its progress, from 0 to 1. */
export async function upload(path, form, progress) {
  const bearer = await token();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(path));
    request.setRequestHeader("Authorization", `Bearer ${bearer}`);
    request.setRequestHeader("Accept-Language", language.value);
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onerror = () => reject(new Failure(t("The server cannot be reached.")));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status < 300) resolve(answer);
      else reject(refusal(request.status, answer));
    };
    request.send(form);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
