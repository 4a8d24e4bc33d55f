// Shows one user's chats, the latest first, and keeps them up to date. chats.js knows which chats there are and what they
// look like, rows.js puts them on the page. Texts of users only ever become textContent, so they can't become markup.

import { Copy, avatar, lastActivity, latest, memberCount, parse, spoken, userName } from "./chats.js";
import { Rows, paint, setText, showTitle } from "./rows.js";

const POLL_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 15_000;
const LONGEST_ANSWER_MILLIS = 15_000;

/** Even a long list takes few answers. They don't decide how much of it is on the page. */
const PAGE_SIZE = 100;

/** Me, the author of the latest message and the three others whom a title names, whoever that author is. */
const MEMBERS_LIMIT = 5;

const $ = (selector, within = document) => within.querySelector(selector);

/** Whom one can be, their tokens, and how to write to the database. */
let demo = null;

/** A user, the copy of the list, and its rows. For another user it is another object. */
let inbox = null;

/** Ends the rest between two requests. */
let wake = () => {};

/* Asking */

/** Asks, shows, rests and asks again. There is one such loop, so no answer comes out of order. */
async function keepUpToDate() {
  let failures = 0;
  for (;;) {
    let asked, answer;
    try {
      if (demo === null || failures > 0) {
        // A demo that was started again may have other tokens, and its database another port.
        await start();
      }
      asked = inbox;
      answer = await ask(asked);
      failures = 0;
      showError("");
    } catch (error) {
      if (error.name !== "AbortError") {
        const pause = Math.min(POLL_MILLIS * 2 ** failures, LONGEST_PAUSE_MILLIS);
        failures++;
        showError(message(error));
        await rest(error.pauseMillis || pause);
      }
      continue;
    }
    if (asked === inbox) {
      inbox.copy.apply(answer);
      show();
    }
    await rest(inbox.copy.isWhole ? POLL_MILLIS : 0);
  }
}

async function start() {
  demo = (await call("demo.json")).data;
  const wanted = decodeURIComponent(location.hash.slice(1));
  const user = demo.users.find(({ id }) => id === wanted) ?? demo.users[0];
  $("#user").replaceChildren(...demo.users.map(({ id, name }) => new Option(name, id, false, id === user.id)));
  become(user);
}

function become(user) {
  if (inbox?.user.id === user.id) {
    inbox.user = user;
  } else {
    inbox?.leaving.abort();
    inbox = { user, copy: new Copy(), rows: new Rows(user.id), leaving: new AbortController() };
    history.replaceState(null, "", `#${encodeURIComponent(user.id)}`);
    document.title = `${user.name}'s chats`;
    wake();
  }
  showBeside();
}

function ask({ user, copy, leaving }) {
  const options = {
    method: "POST",
    headers: { Authorization: `Bearer ${user.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ ...copy.next, size: PAGE_SIZE, members_limit: MEMBERS_LIMIT }),
  };
  return call("my_chats", options, leaving.signal);
}

async function call(path, options, ...signals) {
  const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_ANSWER_MILLIS), ...signals]);
  const answer = await fetch(path, { ...options, signal });
  const body = parse(await answer.text());
  if (!answer.ok) {
    throw new Failure(body.msg, answer.headers.get("Retry-After"));
  }
  return body;
}

class Failure extends Error {
  constructor(message, retryAfter) {
    super(message);
    this.pauseMillis = Number(retryAfter) * 1000;
  }
}

/** A Failure of the API explains itself. All other errors mean that there was no answer, or another server's. */
function message(error) {
  return error instanceof Failure ? error.message : "Chatlist doesn't answer. Is it still running?";
}

/** Nothing is asked while nobody looks. */
function rest(millis) {
  return new Promise((resolve) => {
    wake = resolve;
    setTimeout(() => document.hidden || resolve(), millis);
  });
}

/* Showing */

/** A walk that begins again has few chats at first. Until it has as many as there are rows, these stay. */
function show() {
  const { copy, rows } = inbox;
  if (copy.isWhole || copy.chats.size >= rows.size) {
    rows.show(copy.chats);
    $("#count").textContent = copy.count;
    $("#empty").hidden = copy.count > 0;
  }
}

function showError(text) {
  $("#error").hidden = text === "";
  setText($("#error p"), text);
}

function showBeside() {
  const { psql, apiDocs } = demo;
  const { id, token } = inbox.user;
  $("#psql").textContent = psql;
  $("#sql").textContent = `INSERT INTO messages
  (id, to_room_id, from_uid, msg_type,
   msg_contents, created_at)
SELECT gen_random_uuid(), room_id, user_id,
  'text', 'Hello from psql',
  (extract(epoch FROM now()) * 1000000000)::bigint
FROM memberships
WHERE user_id = '${id.replaceAll("'", "''")}'
ORDER BY random() LIMIT 1;`;
  $("#write").hidden = psql === "";
  $("#docs").hidden = !apiDocs;
  $("#docs a").href = `docs#token=${token}`;
  $("#beside").hidden = false;
}

function showRoom(chat) {
  const me = inbox.user.id;
  const { sender, text } = latest(chat, me);
  const size = memberCount(chat);
  const more = size - chat.members.length;
  showTitle($("#room-title"), chat, me);
  $("#description").textContent = chat.description;
  $("#message").textContent = text;
  $("#author").textContent = [sender, spoken(lastActivity(chat))].filter(Boolean).join(", ");
  $("#members-title").textContent = size === 1 ? "1 member" : `${size} members`;
  $("#members").replaceChildren(
    ...chat.members.map((member) => {
      const item = document.createElement("li");
      const picture = document.createElement("span");
      const name = document.createElement("bdi");
      picture.className = "avatar";
      name.textContent = userName(member) + (member.user_id === me ? " (you)" : "");
      paint(picture, userName(member), avatar(member), member.user_id);
      item.append(picture, name);
      return item;
    }),
  );
  $("#more").textContent = more > 0 ? `and ${more} more` : "";
  $("#room").showModal();
}

/* Hands */

$("#chats").addEventListener("click", ({ target }) => showRoom(target.closest("li").chat));
$("#user").addEventListener("change", ({ target }) => become(demo.users.find(({ id }) => id === target.value)));
$("#error button").addEventListener("click", () => wake());
document.addEventListener("visibilitychange", () => document.hidden || wake());
document.querySelectorAll(".copy").forEach((button) =>
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  }),
);

new IntersectionObserver(() => inbox?.rows.makeMore(), { rootMargin: "300px" }).observe($("#end"));
$("#write").open = matchMedia("(min-width: 60rem)").matches;
keepUpToDate();
