// Shows one user's chats, the latest first, and keeps them up to date. chats.js knows what a chat looks like.
// Texts of users only ever become textContent, so they can't become markup.

import { avatar, date, initial, lastActivity, latest, parse, picture, spoken, title, userName } from "./chats.js";

const PAGE_SIZE = 20;
const REFRESH_MILLIS = 2000;

const $ = (selector, within = document) => within.querySelector(selector);
const list = $("#chats");

/** The rows on the page, by room. */
const rows = new Map();

/** Whom one can be, their tokens, and how to write to the database. */
let demo = null;

/** What is shown: a user and the pages that were read. Another user gets another object. */
let inbox = null;

/** Everything that reads runs one after the other, so that no answer comes out of order. */
let work = Promise.resolve();
let waiting = 0;

async function run(read) {
  waiting++;
  work = work.then(read).then(() => showError(""), (error) => showError(message(error)));
  await work;
  waiting--;
}

/** A Failure of the API explains itself. All other errors mean that there was no answer, or another server's. */
function message(error) {
  return error instanceof Failure ? error.message : "Chatlist doesn't answer. Is it still running?";
}

class Failure extends Error {}

/* Reading */

async function call(path, options = {}) {
  const answer = await fetch(path, options);
  const text = await answer.text();
  const { msg, data } = parse(text);
  if (!answer.ok) {
    throw new Failure(msg);
  }
  return { text, data };
}

async function page(user, number) {
  return call("my_chats", {
    method: "POST",
    headers: { Authorization: `Bearer ${user.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ page: number, size: PAGE_SIZE }),
  });
}

async function start() {
  demo = (await call("demo.json")).data;
  const wanted = decodeURIComponent(location.hash.slice(1));
  const user = demo.users.find(({ id }) => id === wanted) ?? demo.users[0];
  $("#user").replaceChildren(...demo.users.map(({ id, name }) => new Option(name, id, false, id === user.id)));
  await become(user);
}

async function become(user) {
  if (inbox?.user.id === user.id) {
    inbox.user = user;
  } else {
    inbox = { user, pages: [], isWhole: false };
    history.replaceState(null, "", `#${encodeURIComponent(user.id)}`);
    list.replaceChildren();
    rows.clear();
  }
  showBeside();
  await refresh();
}

/** Reads the first page, and the others again if it has changed: what became active has pushed them down. */
async function refresh() {
  const { user, pages } = inbox;
  const first = await page(user, 1);
  if (first.text !== pages[0]?.text) {
    const read = [first];
    while (read.length < pages.length) {
      read.push(await page(user, read.length + 1));
    }
    const { data: rooms } = await call("my_rooms", { headers: { Authorization: `Bearer ${user.token}` } });
    inbox.pages = read;
    inbox.isWhole = read.at(-1).data.length < PAGE_SIZE;
    $("#count").textContent = rooms.length;
    show();
  } else {
    showTimes();
  }
  await readOn();
}

/** Reads further pages while the end of the list is in sight. */
async function readOn() {
  while (!inbox.isWhole && $("#end").getBoundingClientRect().top < innerHeight + 300) {
    const next = await page(inbox.user, inbox.pages.length + 1);
    inbox.pages.push(next);
    inbox.isWhole = next.data.length < PAGE_SIZE;
    show();
  }
}

/* Showing */

function show() {
  // A chat that moves between two calls may be on both pages.
  const chats = new Map(inbox.pages.flatMap(({ data }) => data).map((chat) => [chat.room_id, chat]));
  const focused = document.activeElement;
  let place = list.firstElementChild;
  for (const [room, chat] of chats) {
    const row = rows.get(room) ?? newRow(room);
    fill(row, chat);
    if (row === place) {
      place = place.nextElementSibling;
    } else {
      list.insertBefore(row, place);
    }
  }
  for (const [room, row] of rows) {
    if (!chats.has(room)) {
      row.remove();
      rows.delete(room);
    }
  }
  if (focused !== document.activeElement && list.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
  list.setAttribute("aria-busy", "false");
  $("#empty").hidden = chats.size > 0;
  showTimes();
  document.title = `${inbox.user.name}'s chats`;
}

function newRow(room) {
  const row = $("#chat").content.firstElementChild.cloneNode(true);
  $("button", row).tabIndex = rows.size === 0 ? 0 : -1;
  rows.set(room, row);
  return row;
}

function fill(row, chat) {
  const me = inbox.user.id;
  const { sender, text } = latest(chat, me);
  const name = title(chat, me);
  const isNews = row.chat !== undefined && row.chat.latest_msg?.id !== chat.latest_msg?.id;
  row.chat = chat;
  showTitle($(".title", row), chat);
  $(".sender", row).textContent = sender;
  $(".by", row).hidden = sender === "" || (chat.is_1v1 && sender !== "You");
  $(".text", row).textContent = text;
  $(".latest", row).classList.toggle("none", chat.latest_msg === null);
  $(".size", row).textContent = chat.is_1v1 ? "" : chat.members.length;
  $(".size", row).ariaLabel = chat.is_1v1 ? "" : `${chat.members.length} members`;
  paint($(".avatar", row), name, picture(chat, me), chat.room_id);
  row.classList.toggle("news", isNews);
  if (isNews) {
    $("#news").textContent = `${name}: ${sender}: ${text}`;
  }
}

/** A text of one person runs in its own direction. A title of several names is a phrase of this page, in English. */
function showTitle(place, chat) {
  place.textContent = title(chat, inbox.user.id);
  place.dir = chat.is_1v1 || chat.name ? "auto" : "ltr";
}

/** Shows a picture, and until it has loaded, or if it can't, an initial on a colour of its own. */
function paint(place, name, source, id) {
  const painted = `${name} ${source}`;
  if (place.painted === painted) {
    return;
  }
  place.painted = painted;
  place.textContent = initial(name);
  place.style.setProperty("--hue", [...id].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 360, 7));
  if (source) {
    const image = new Image();
    image.alt = "";
    image.referrerPolicy = "no-referrer";
    image.onload = () => place.painted === painted && place.replaceChildren(image);
    image.src = source;
  }
}

function showTimes() {
  for (const row of rows.values()) {
    const time = lastActivity(row.chat);
    const place = $("time", row);
    place.dateTime = date(time).toISOString();
    place.title = date(time).toLocaleString("en", { dateStyle: "full", timeStyle: "medium" });
    place.textContent = spoken(time);
  }
}

function showError(text) {
  $("#error").hidden = text === "";
  $("#error p").textContent = text;
  document.body.classList.toggle("failed", text !== "");
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
  showTitle($("#room-title"), chat);
  $("#description").textContent = chat.description;
  $("#message").textContent = text;
  $("#author").textContent = [sender, spoken(lastActivity(chat))].filter(Boolean).join(", ");
  $("#members-title").textContent = chat.members.length === 1 ? "1 member" : `${chat.members.length} members`;
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
  $("#room").showModal();
}

/* Hands */

/** One stop for the Tab key; the arrow keys move within the list. */
list.addEventListener("keydown", (event) => {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (buttons[next]) {
    event.preventDefault();
    buttons[next].focus();
  }
});
list.addEventListener("focusin", ({ target }) => {
  list.querySelectorAll("button").forEach((button) => (button.tabIndex = button === target ? 0 : -1));
});
list.addEventListener("click", ({ target }) => showRoom(target.closest("li").chat));
$("#user").addEventListener("change", ({ target }) =>
  run(() => become(demo.users.find(({ id }) => id === target.value))),
);
$("#error button").addEventListener("click", () => run(start));
document.querySelectorAll(".copy").forEach((button) =>
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  }),
);

new IntersectionObserver(() => inbox && run(readOn), { rootMargin: "300px" }).observe($("#end"));
$("#write").open = matchMedia("(min-width: 60rem)").matches;

function tick() {
  if (!document.hidden && waiting === 0) {
    // A demo that was started again has another database port.
    run(document.body.classList.contains("failed") ? start : refresh);
  }
}
document.addEventListener("visibilitychange", tick);
run(start);
setInterval(tick, REFRESH_MILLIS);
