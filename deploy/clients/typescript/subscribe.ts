// A subscriber of copydesk in Node (npm install && npm run build).
//
//   node subscribe.js URL CHANNEL                    live: what comes from now on
//   node subscribe.js URL CHANNEL --since start      replay what the channel holds, then live; or --since 48 (hours)
//   node subscribe.js URL CHANNEL --durable NAME     durable: nothing missed, goes on where it stopped
//
// URL is the line in .copydesk/nats.url. With a user that `copydesk channel grant` made, NAME is that user.
// Prints a line for each change: action, id.revision, headline. --count N ends after N of them.

import { AckPolicy, type Consumer, DeliverPolicy, jetstream, JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { parseArgs } from "node:util";
import { type Event, Items } from "./items.js";

const STREAM = "COPYDESK_CHANNELS";

/** A consumer that the server remembers; a message that was not acked comes again. */
async function durable(client: NatsConnection, subject: string, name: string): Promise<Consumer> {
  const js = jetstream(client);
  try {
    return await js.consumers.get(STREAM, name);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound)) throw error;
    const manager = await jetstreamManager(client);
    await manager.consumers.add(STREAM, { durable_name: name, filter_subject: subject, ack_policy: AckPolicy.Explicit });
    return js.consumers.get(STREAM, name);
  }
}

/** Messages in order without a memory on the server: from a moment on, or from now on. */
function ordered(client: NatsConnection, subject: string, since?: string): Promise<Consumer> {
  const from =
    since === undefined ? { deliver_policy: DeliverPolicy.New }
    : since === "start" ? { deliver_policy: DeliverPolicy.All }
    : {
        deliver_policy: DeliverPolicy.StartTime,
        opt_start_time: new Date(Date.now() - Number(since) * 3_600_000).toISOString(),
      };
  return jetstream(client).consumers.get(STREAM, { filter_subjects: subject, ...from });
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { since: { type: "string" }, durable: { type: "string" }, count: { type: "string" } },
  });
  const url = new URL(positionals[0]);
  const subject = `copydesk.channel.${positionals[1]}.*`;
  const client = await connect({
    servers: url.host,
    user: decodeURIComponent(url.username),
    pass: decodeURIComponent(url.password),
    // A granted user hears the inboxes of its own name only.
    inboxPrefix: values.durable ? `_INBOX_${values.durable}` : "_INBOX",
    maxReconnectAttempts: -1,
  });
  const consumer = values.durable
    ? await durable(client, subject, values.durable)
    : await ordered(client, subject, values.since);
  // Where this matters, keep them in a database: an event is acked once its effect is stored.
  const items = new Items();
  let changes = 0;
  const messages = await consumer.consume();
  console.error("listening");
  for await (const message of messages) {
    const event = message.json<Event>();
    if (items.apply(event)) {
      console.log(event.data.enrichment.action, event.id, event.data.item.title);
      changes += 1;
    }
    if (values.durable) await message.ackAck();
    if (changes === Number(values.count)) break;
  }
  await client.close();
}

main();
