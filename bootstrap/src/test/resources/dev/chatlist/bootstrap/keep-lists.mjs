// Keeps copies of lists by the client of docs/api.md while others write. At each line of its input, when nobody writes, it
// compares them with the lists and prints "equal" or what differs; at the end of its input, what it has counted.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const [client, chats, url, size, seed, ...tokens] = process.argv.slice(2);
const { keepList } = await import(client);
const { parse } = await import(chats);
const random = randomNumbers(Number(seed));
const counts = { walks: 0, pages: 0, deltas: 0, resets: 0, moved: 0, removed: 0, failures: 0, comparisons: 0 };

/** A network that now and then loses a request or an answer, or has a proxy that is busy. */
const send = globalThis.fetch;
globalThis.fetch = async (address, request) => {
  const fate = random();
  if (fate < 0.03) throw new TypeError("the request is lost");
  if (fate < 0.06) return new Response("<h1>Busy</h1>", { status: 503 });
  const response = await send(address, request);
  const body = JSON.parse(request.body);
  const answer = await response.clone().text();
  counts[body.since ? "deltas" : body.cursor ? "pages" : "walks"]++;
  // Within a text, JSON writes \" for a quote, so these are keys.
  counts.resets += answer.includes('"reset":true');
  counts.moved += answer.includes('"moved":[{');
  counts.removed += answer.includes('"removed":[{');
  if (fate < 0.09) throw new TypeError("the answer is lost");
  return response;
};

const parts = [{ size: Number(size), members_limit: 3 }, { size: Number(size) }];
const copies = tokens.map((token, n) => ({ token, part: parts[n % parts.length] }));
copies.forEach(begin);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
for (;;) {
  let isWritten = false;
  const line = lines.next().finally(() => (isWritten = true));
  await Promise.all(copies.map((copy) => keep(copy, () => isWritten)));
  if ((await line).done) break;
  console.log(await firstDifference());
}
console.log(JSON.stringify(counts));

function begin(copy) {
  copy.update = keepList(url, () => copy.token, copy.part);
}

/** Brings the copy up to date again and again. Now and then the client begins anew. */
async function keep(copy, isDone) {
  while (!isDone()) {
    const update = copy.update();
    assert.equal(copy.update(), update, "calls at the same time share one update");
    await update.catch(() => counts.failures++);
    if (random() < 0.02) begin(copy);
  }
}

async function firstDifference() {
  for (const { token, part, update } of copies) {
    const kept = await persist(update);
    const others = { walked: await persist(keepList(url, () => token, part)) };
    // The only other who sorts is the server. Of a long list that takes a while.
    if (kept.length < 1000 || random() < 0.1) others.paged = await pages(token, part);
    for (const [name, expected] of Object.entries(others)) {
      counts.comparisons++;
      const n = kept.findIndex((chat, n) => !isDeepStrictEqual(chat, expected[n]));
      if (n >= 0 || kept.length !== expected.length) {
        const difference = { name, part, lengths: [kept.length, expected.length], n, kept: kept[n], expected: expected[n] };
        return JSON.stringify(difference, (key, value) => (typeof value === "bigint" ? String(value) : value));
      }
    }
  }
  return "equal";
}

/** Calls again after a failure, as a client does. */
async function persist(update) {
  for (let failures = 0; ; failures++) {
    try {
      return await update();
    } catch (failure) {
      counts.failures++;
      if (failures === 100) throw failure;
    }
  }
}

/** The list by numbered pages, which are right when nobody writes. */
async function pages(token, part) {
  const all = [];
  for (let page = 1; ; page++) {
    const response = await send(`${url}/my_chats`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ page, ...part }),
    });
    const { data } = parse(await response.text());
    all.push(...data);
    if (data.length < part.size) return all;
  }
}

/** Mulberry32: the same seed gives the same numbers from 0 to 1. */
function randomNumbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), state | 1);
    n ^= n + Math.imul(n ^ (n >>> 7), n | 61);
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32;
  };
}
