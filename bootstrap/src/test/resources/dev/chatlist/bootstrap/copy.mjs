// Keeps a copy of a list by the page's own code, one step for each line of input, and says "part" or "whole" after each.
// Whoever writes the lines writes messages in between.

import assert from "node:assert/strict";
import { createInterface } from "node:readline";

const [chatsJs, url, token, limit] = process.argv.slice(2);
const { Copy, parse, title } = await import(chatsJs);
const copy = new Copy();
let resets = 0;

async function ask(body) {
  const answer = await fetch(`${url}/my_chats`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return parse(text);
}

const steps = {
  async ask() {
    const answer = await ask({ ...copy.next, size: 4, members_limit: Number(limit) });
    resets += answer.reset ? 1 : 0;
    copy.apply(answer);
  },
  async compare() {
    const { data } = await ask({ page: 1, size: 200, members_limit: Number(limit) });
    assert.deepEqual([...copy.chats.values()], data);
    assert.deepEqual([...copy.chats.keys()], data.map(({ room_id }) => room_id));
    assert.equal(copy.count, data.length);
    const whole = (await ask({ page: 1, size: 200 })).data;
    assert.deepEqual(data.map((chat) => title(chat, "copier")), whole.map((chat) => title(chat, "copier")));
  },
  async spoil() {
    copy.next = { since: "spoilt" };
    await steps.ask();
    assert.ok(resets > 0);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  await steps[line]();
  console.log(copy.isWhole ? "whole" : "part");
}
