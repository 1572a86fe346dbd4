// What the server tells by itself, over one socket: a signal for each topic.
import { effect, signal } from "./vendor.js";
import { session, token } from "./session.js";

const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 15_000;
const RENEWAL = 120_000; // an access token holds for some minutes; the socket needs each new one

/** The state of each topic, by name; null as long as nothing was told. */
export const topics = {
  overview: signal(null),
  syncs: signal(null),
  builds: signal(null),
  alerts: signal(null),
};
export const isConnected = signal(true);

let socket = null;
let wait = FIRST_WAIT;

/** Listen for as long as somebody is signed in, coming back by itself after every loss. */
export function listen() {
  let user;
  effect(() => {
    const now = session.value?.id;
    if (now === user) return;
    user = now;
    socket?.close();
    if (user) connect();
    else isConnected.value = true;
  });
}

async function connect() {
  const user = session.peek()?.id;
  let access;
  try {
    access = await token();
  } catch {
    return lost(user);
  }
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = (socket = new WebSocket(`${scheme}://${location.host}/ws/stats/`));
  mine.onopen = () => say(mine, { type: "auth", token: access });
  const renewal = setInterval(() => again(mine), RENEWAL);
  mine.addEventListener("close", () => clearInterval(renewal));
  mine.onmessage = (event) => mine === socket && hear(mine, JSON.parse(event.data));
  mine.onclose = () => mine === socket && lost(user);
}

function say(to, message) {
  to.send(JSON.stringify(message));
}

async function again(mine) {
  if (mine === socket && mine.readyState === WebSocket.OPEN) {
    say(mine, { type: "auth", token: await token() });
  }
}

function hear(mine, message) {
  const topic = topics[message.topic];
  if (message.type === "ready") {
    wait = FIRST_WAIT;
    isConnected.value = true;
    if (mine.isSubscribed) return; // the answer to a renewed login
    mine.isSubscribed = true;
    for (const name of Object.keys(topics)) say(mine, { type: "subscribe", topic: name });
  } else if (message.type === "snapshot") {
    topic.value = message.state;
  } else if (message.type === "change") {
    const state = { ...topic.value, ...message.set };
    for (const name of message.unset ?? []) delete state[name];
    topic.value = state;
  }
}

function lost(user) {
  socket = null;
  if (user !== session.peek()?.id || user === undefined) return;
  isConnected.value = false;
  setTimeout(() => session.peek()?.id === user && !socket && connect(), wait);
  wait = Math.min(LONGEST_WAIT, wait * 2);
}
