// The rows of the list. A row is made once for a room, and is moved and filled again, so nothing flickers.

import { date, inOrder, initial, lastActivity, latest, memberCount, picture, spoken, title } from "./chats.js";

/** How many rows are made at a time, when the end of the list comes in sight. */
const AT_A_TIME = 50;

const $ = (selector, within = document) => within.querySelector(selector);
const list = $("#chats");

export class Rows {
  #me;
  #rows = new Map();

  /** What is shown, by room and in order. */
  #chats = new Map();

  /** The last chat that has a row. A place in the order and no number: rooms that come from below push no row out. */
  #last = null;

  /** Begins an empty list, as the user with the id `me` sees it. */
  constructor(me) {
    this.#me = me;
    list.replaceChildren();
    list.ariaBusy = "true";
    scrollTo(0, 0);
  }

  get size() {
    return this.#rows.size;
  }

  /** Shows chats, which are in order. */
  show(chats) {
    const before = this.#chats;
    if (chats !== before) {
      this.#keepInSight(chats, () => {
        this.#chats = chats;
        this.#arrange(before);
      });
    }
    this.makeMore();
    this.#showTimes();
    list.ariaBusy = "false";
  }

  /** Makes rows while the end of the list is in sight. */
  makeMore() {
    const chats = this.#chats;
    while (this.size < chats.size && $("#end").getBoundingClientRect().top < innerHeight + 300) {
      this.#last = [...chats.values()][Math.min(this.size + AT_A_TIME, chats.size) - 1];
      this.#arrange(chats);
    }
  }

  /** The row in sight stays where it is while others come and go. At the top of the list one sees what is new instead. */
  #keepInSight(chats, change) {
    const top = $("header").getBoundingClientRect().bottom;
    const isScrolled = list.getBoundingClientRect().top < top - 1;
    const isInSight = (row) => row.getBoundingClientRect().top >= top;
    const row = isScrolled && [...list.children].find((row) => stays(row, chats) && isInSight(row));
    const before = row && row.getBoundingClientRect().top;
    change();
    if (row) {
      scrollBy({ top: row.getBoundingClientRect().top - before, behavior: "instant" });
    }
  }

  /** Gives a row to each chat down to the last that has one. Rows that stay aren't touched. */
  #arrange(before) {
    const chats = [...this.#chats.values()].filter((chat) => this.#last !== null && inOrder(chat, this.#last) <= 0);
    const focused = document.activeElement;
    this.#removeAllBut(new Set(chats.map(({ room_id }) => room_id)));
    const moving = new Set([...list.children].filter((row) => !stays(row, this.#chats)));
    let place = list.firstElementChild;
    let news;
    for (const chat of chats) {
      const row = this.#rows.get(chat.room_id) ?? this.#make(chat.room_id);
      if (row.chat !== chat) {
        fill(row, chat, this.#me);
        const old = before.get(chat.room_id);
        if (old !== undefined && lastActivity(chat) > lastActivity(old)) {
          row.classList.add("news");
          news ??= chat;
        }
      }
      while (moving.has(place)) {
        place = place.nextElementSibling;
      }
      if (row === place) {
        place = place.nextElementSibling;
      } else if (!row.isConnected || row.nextElementSibling !== place) {
        put(row, place);
      }
    }
    if (focused !== document.activeElement && list.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
    const stop = $("[tabindex='0']", list) ?? $("button", list);
    stop?.setAttribute("tabindex", 0);
    if (news !== undefined) {
      const { sender, text } = latest(news, this.#me);
      $("#news").textContent = `${title(news, this.#me)}: ${sender}: ${text}`;
    }
  }

  #removeAllBut(wanted) {
    for (const [room, row] of this.#rows) {
      if (!wanted.has(room)) {
        if (row.contains(document.activeElement)) {
          const neighbour = row.nextElementSibling ?? row.previousElementSibling;
          neighbour?.firstElementChild.focus({ preventScroll: true });
        }
        row.remove();
        this.#rows.delete(room);
      }
    }
  }

  #make(room) {
    const row = $("#chat").content.firstElementChild.cloneNode(true);
    this.#rows.set(room, row);
    return row;
  }

  #showTimes() {
    for (const row of this.#rows.values()) {
      setText($("time", row), spoken(lastActivity(row.chat)));
    }
  }
}

/** Whether a row keeps its place among all others that do, when `chats` are shown. */
function stays(row, chats) {
  const chat = chats.get(row.chat.room_id);
  return chat !== undefined && lastActivity(chat) === lastActivity(row.chat);
}

/** A row that moves without leaving the page keeps its focus, its highlight and a press. Not all browsers can. */
function put(row, place) {
  if (row.isConnected && list.moveBefore) {
    list.moveBefore(row, place);
  } else {
    list.insertBefore(row, place);
  }
}

function fill(row, chat, me) {
  const { sender, text } = latest(chat, me);
  const time = $("time", row);
  row.chat = chat;
  showTitle($(".title", row), chat, me);
  setText($(".sender", row), sender);
  $(".by", row).hidden = sender === "" || (chat.is_1v1 && sender !== "You");
  setText($(".text", row), text);
  $(".latest", row).classList.toggle("none", chat.latest_msg === null);
  setText($(".size", row), chat.is_1v1 ? "" : String(memberCount(chat)));
  $(".size", row).ariaLabel = chat.is_1v1 ? "" : `${memberCount(chat)} members`;
  time.dateTime = date(lastActivity(chat)).toISOString();
  time.title = date(lastActivity(chat)).toLocaleString("en", { dateStyle: "full", timeStyle: "medium" });
  paint($(".avatar", row), title(chat, me), picture(chat, me), chat.room_id);
}

/** A text of one person runs in its own direction. A title of several names is a phrase of this page, in English. */
export function showTitle(place, chat, me) {
  setText(place, title(chat, me));
  place.dir = chat.is_1v1 || chat.name ? "auto" : "ltr";
}

/** A text that is the same stays, and with it what is selected of it. */
export function setText(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/** Shows a picture, and until it has loaded, or if it can't, an initial on a colour of its own. */
export function paint(place, name, source, id) {
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
  list.querySelectorAll("[tabindex='0']").forEach((button) => (button.tabIndex = -1));
  target.tabIndex = 0;
});
list.addEventListener("animationend", ({ target }) => target.closest("li").classList.remove("news"));
