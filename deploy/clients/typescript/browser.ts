// A subscriber of copydesk in the browser: NATS over WebSocket, no server of your own in between.
//
//   [broker] websocket = 4280 in copydesk.toml, then:  copydesk channel grant reader all
//   open index.html#ws://reader:PASSWORD@127.0.0.1:4280
//
// A granted user reads its channels and nothing else; never give a page the address in nats.url.

import { jetstream } from "@nats-io/jetstream";
import { wsconnect } from "@nats-io/nats-core";
import { type Event, Items } from "./items.js";

async function main(list: HTMLElement, status: HTMLElement): Promise<void> {
  const url = new URL(location.hash.slice(1).replace(/^ws/, "http"));
  const user = decodeURIComponent(url.username);
  const client = await wsconnect({
    servers: `ws://${url.host}`,
    user,
    pass: decodeURIComponent(url.password),
    inboxPrefix: `_INBOX_${user}`,
    maxReconnectAttempts: -1,
  });
  // The user's consumer was made with it, and remembers how far this user came.
  const consumer = await jetstream(client).consumers.get("COPYDESK_CHANNELS", user);
  const items = new Items();
  status.textContent = "listening";
  for await (const message of await consumer.consume()) {
    const event = message.json<Event>();
    if (items.apply(event)) show(list, event.subject, items);
    message.ack();
  }
}

/** Puts an item first, or takes it away. As text: an article is not to be trusted with the page. */
function show(list: HTMLElement, id: string, items: Items): void {
  document.getElementById(id)?.remove();
  const title = items.newest.get(id)?.title;
  if (title === undefined) return;
  const entry = document.createElement("li");
  entry.id = id;
  entry.textContent = title;
  list.prepend(entry);
}

const [list, status] = ["items", "status"].map((id) => document.getElementById(id)!);
main(list, status).catch((error: unknown) => (status.textContent = String(error)));
