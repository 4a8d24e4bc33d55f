// How a client shows chats and keeps a list of them. This needs no page; docs/api.md quotes the first functions.

/** Parses an answer. Times become BigInts: they have 61 bits, and a number of JavaScript has 53. */
export function parse(json) {
  // Within a text, JSON writes \" for a quote, so this finds nothing but the times.
  const quoted = json.replace(/"created_at":(\d+)/g, '"created_at":"$1"');
  return JSON.parse(quoted, (key, value) => (key === "created_at" ? BigInt(value) : value));
}

/** The time as a Date, in milliseconds. */
export function date(nanoseconds) {
  return new Date(Number(nanoseconds / 1_000_000n));
}

/** The title of a chat, as the user with the id `me` sees it. */
export function title(chat, me) {
  if (chat.is_1v1) {
    const other = otherOf1v1(chat, me);
    return other ? userName(other) : "Only you";
  }
  if (chat.name) {
    return chat.name;
  }
  const others = chat.members.filter((member) => member.user_id !== me);
  if (others.length === 0) {
    return "Only you";
  }
  // U+2068 and U+2069 keep names of different directions apart.
  const names = others.slice(0, 3).map((other) => `\u2068${userName(other)}\u2069`);
  const more = memberCount(chat) - 1 - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** How many members the room has. Without `members_limit`, all of them are there to count. */
export function memberCount(chat) {
  return chat.member_count ?? chat.members.length;
}

/** The other person of a 1v1; undefined if that one has left, and the room doesn't tell any more who it was. */
export function otherOf1v1(chat, me) {
  const other = chat.members.find((member) => member.user_id !== me);
  return other ?? (chat.creator_id === me ? undefined : chat.creator);
}

/** A user's name. Of a user who was removed, only the id is left. */
export function userName(user) {
  return user.nick_name || user.ens_name || user.user_id;
}

/** The latest message in a line: who wrote it and what. A `latest_msg` of null means that nobody has written yet. */
export function latest(chat, me) {
  const message = chat.latest_msg;
  if (message === null) {
    return { sender: "", text: "No messages yet" };
  }
  const author = chat.members.find((member) => member.user_id === message.from_uid);
  const name = message.from_uid === me ? "You" : author ? userName(author) : "Former member";
  return { sender: name, text: message.msg_contents || message.opensea_item_name || message.msg_type };
}

/** What the list is ordered by: the latest message's time, or the room's own in a room without messages. */
export function lastActivity(chat) {
  return (chat.latest_msg ?? chat).created_at;
}

/** The address of a picture for a chat; empty if there is none. */
export function picture(chat, me) {
  if (!chat.is_1v1) {
    return chat.opensea_coll_cover ?? "";
  }
  return avatar(otherOf1v1(chat, me));
}

export function avatar(user) {
  return (
    user?.twitter_avatar || user?.opensea_avatar || user?.discord_avatar || user?.instagram_avatar || user?.facebook_avatar || ""
  );
}

/** The first character as people see it: a flag or a family is several code points. */
export function initial(text) {
  const bare = text.replace(/[\u2066-\u2069]/g, "");
  const [first] = new Intl.Segmenter().segment(bare);
  return first ? first.segment.toUpperCase() : "";
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const DAY_SECONDS = 86_400;
const UNITS = [["day", DAY_SECONDS], ["hour", 3_600], ["minute", 60]];

/** The time as people say it: 5 min. ago, yesterday, or the day if it is a week away. */
export function spoken(nanoseconds, now = Date.now()) {
  const seconds = (date(nanoseconds) - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance >= 7 * DAY_SECONDS) {
    return DAY.format(date(nanoseconds));
  }
  const [unit, size] = UNITS.find(([, atLeast]) => distance >= atLeast) ?? ["second", Infinity];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** A copy of a list, loaded by a walk and kept by deltas: see "Parts of a list" in docs/api.md. */
export class Copy {
  /** The chats by room, in the list's order. A change makes another Map, and another object of each chat that changed. */
  chats = new Map();

  /** How many chats the whole list has. */
  count = 0;

  /** Whether the copy is the whole list, as of the last answer. */
  isWhole = false;

  /** What to ask next. It stays the same until an answer is applied, so after a failure it is asked again. */
  next = { cursor: "" };

  apply({ data, moved = [], removed = [], reset = false, next_cursor, state, count }) {
    this.count = count;
    this.isWhole = next_cursor === undefined;
    this.next = this.isWhole ? { since: state } : { cursor: next_cursor };
    if (!reset && data.length + moved.length + removed.length === 0) {
      return;
    }
    const chats = new Map(reset ? [] : this.chats);
    for (const { room_id } of removed) {
      chats.delete(room_id);
    }
    for (const chat of [...moved, ...data]) {
      chats.set(chat.room_id, chat);
    }
    // Nearly in order already, which sort() makes use of.
    this.chats = new Map([...chats].sort(([, chat], [, other]) => inOrder(chat, other)));
  }
}

/** Compares two chats by last activity, then by room, both descending. */
export function inOrder(chat, other) {
  const [time, otherTime] = [lastActivity(chat), lastActivity(other)];
  return time === otherTime ? byCodePoint(other.room_id, chat.room_id) : time < otherTime ? 1 : -1;
}

/** `<` would compare UTF-16 units, and put U+1F600 before U+FF21. */
function byCodePoint(text, other) {
  let at = 0;
  while (at < text.length && text[at] === other[at]) {
    at++;
  }
  return (text.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1);
}
