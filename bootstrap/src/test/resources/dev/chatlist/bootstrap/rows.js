// Changes a list hundreds of times and writes into the page what its rows did meanwhile. Takes the place of inbox.js.

import { Copy } from "./chats.js";
import { Rows } from "./rows.js";

const list = document.querySelector("#chats");
const header = document.querySelector("header");
const result = { drift: 0, faults: [], scrolledTo: 0 };

let seed = 42;
const random = (n) => (seed = (seed * 48_271) % 2_147_483_647) % n;

let time = 10_000n;
const room = (n) => ({ room_id: `r${n}`, name: `Room ${n}`, members: [], created_at: BigInt(n), latest_msg: null });
const said = (chat) => {
  const created_at = ++time;
  return { ...chat, latest_msg: { id: `m${time}`, from_uid: "u", msg_type: "text", msg_contents: "Hi", created_at } };
};

const copy = new Copy();
const rows = new Rows("me");
const anyChat = () => [...copy.chats.values()][random(copy.chats.size)];
const focusedChat = () => document.activeElement.closest("li").chat;
const rowOf = (chat) => [...list.children].find((row) => row.chat.room_id === chat.room_id);
const top = (row) => row.getBoundingClientRect().top;
const moves = new MutationObserver(() => {});
moves.observe(list, { childList: true });
const check = (holds, fault) => holds || result.faults.push(fault);

function apply(answer) {
  copy.apply({ data: [], state: "", count: 0, ...answer });
  rows.show(copy.chats);
}

const changes = [
  () => ({ removed: [random(3) === 0 ? focusedChat() : anyChat()] }),
  () => ({ data: [{ ...anyChat(), latest_msg: null }] }),
  () => ({ data: [{ ...anyChat(), name: "Renamed" }] }),
  () => ({ data: [said(room(++time))] }),
  () => ({ data: [said(anyChat()), said(anyChat()), said(anyChat())] }),
  () => ({ data: [said(focusedChat())] }),
];

function change(number) {
  const answer = changes[random(changes.length)]();
  const changed = new Set([...(answer.data ?? []), ...(answer.removed ?? [])].map(({ room_id }) => room_id));
  const isAtTop = scrollY === 0;
  const isSeen = (row) => top(row) >= header.getBoundingClientRect().bottom;
  const seen = [...list.children].find((row) => isSeen(row) && !changed.has(row.chat.room_id));
  const place = top(seen);
  const before = new Map([...list.children].map((row) => [row.chat.room_id, row]));
  const focused = document.activeElement.closest("li");
  moves.takeRecords();

  apply(answer);

  if (isAtTop) {
    check(scrollY === 0, `${number}: left the top`);
  } else {
    result.drift = Math.max(result.drift, Math.abs(top(seen) - place));
    result.scrolledTo = Math.max(result.scrolledTo, scrollY);
  }
  const moved = moves.takeRecords().flatMap(({ removedNodes }) => [...removedNodes]);
  check(moved.every((row) => changed.has(row.chat.room_id)), `${number}: moved another row`);
  const shown = [...copy.chats.values()].slice(0, list.children.length);
  check(shown.every((chat, at) => list.children[at].chat === chat), `${number}: another order`);
  check(shown.every((chat) => (before.get(chat.room_id) ?? rowOf(chat)) === rowOf(chat)), `${number}: another row`);
  check(list.querySelectorAll("[tabindex='0']").length === 1, `${number}: not one stop for the Tab key`);
  check(list.contains(document.activeElement), `${number}: lost the focus`);
  if (focused.isConnected) {
    check(focused.contains(document.activeElement), `${number}: moved the focus`);
  }
}

apply({ data: Array.from({ length: 300 }, (_, n) => room(n)) });
list.querySelector("button").focus();
for (let number = 0; number < 600; number++) {
  if (number % 50 === 0) {
    scrollTo(0, [0, 1_000, 3_000][random(3)]);
    list.children[random(list.children.length)].firstElementChild.focus({ preventScroll: true });
  }
  if (number === 300) {
    // As in a browser that hasn't got it.
    list.moveBefore = undefined;
  }
  change(number);
}
document.title = JSON.stringify(result);
