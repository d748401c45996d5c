// Opens a page in a headless Chromium and prints each expression's value, a line of JSON, once it is true.
//
//     node browser.mjs CHROMIUM PROFILE-FOLDER ADDRESS EXPRESSION…

import { spawn } from "node:child_process";

const [program, profile, address, ...expressions] = process.argv.slice(2);
const options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${profile}`];
const browser = spawn(program, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const waiting = new Map();
let [last, unread] = [0, ""];
browser.stdio[4].on("data", (data) => {
  const messages = (unread + data).split("\0");
  unread = messages.pop();
  for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
    waiting.get(id)?.(error ? { error } : result);
    waiting.delete(id);
  }
});

function ask(method, params, sessionId) {
  last += 1;
  browser.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
  return new Promise((answer) => waiting.set(last, answer));
}

const { targetId } = await ask("Target.createTarget", { url: address });
const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
const deadline = Date.now() + 60_000;
for (const expression of expressions) {
  for (;;) {
    const { result } = await ask("Runtime.evaluate", { expression, returnByValue: true }, sessionId);
    if (result?.value) {
      console.log(JSON.stringify(result.value));
      break;
    }
    if (Date.now() > deadline) {
      const body = await ask("Runtime.evaluate", { expression: "document.body.innerHTML", returnByValue: true }, sessionId);
      console.error(`never: ${expression}\n${body.result?.value}`);
      browser.kill();
      process.exit(1);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
browser.kill();
