import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import type { WebhookEvent } from "../../../shared/api/webhook-event.ts";
import { silentLog } from "../../../shared/log.ts";
import { isWebhookSecret } from "../../../shared/webhooks/sign-webhook.ts";
import { WebhookSender } from "../../../shared/webhooks/webhook-sender.ts";
import { WebhookReceiver } from "../../api/webhook-receiver.ts";

const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(24)).toString("base64")}`;
const SECRET = secretOf("a");
const OLD_SECRET = secretOf("b");
const timestamp = new Date(0).toISOString();
const event: WebhookEvent = {
  type: "worker.lost",
  timestamp,
  data: { worker: "w1", lastSeenAt: timestamp, jobs: 2 },
};

let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

async function start(answers: readonly number[], pausesMs: readonly number[] = [1, 1, 1]) {
  const receiver = new WebhookReceiver(...answers);
  const errors: string[] = [];
  const log = { ...silentLog, error: (_: object, event: string) => void errors.push(event) };
  const url = await receiver.listen();
  const sender = new WebhookSender({ urls: [url], secrets: [SECRET, OLD_SECRET], log, pausesMs });
  open.push(receiver, sender);
  return { receiver, sender, errors };
}

describe("a webhook", () => {
  it("is what the convention's own library takes for genuine, with the new secret and with the old one", async () => {
    const { receiver, sender } = await start([]);
    sender.notify(event, "one");
    const [received] = await receiver.until(1);
    for (const secret of [SECRET, OLD_SECRET])
      expect(new Webhook(secret).verify(received!.body, received!.headers)).toEqual(event);
    expect(() => new Webhook(secretOf("c")).verify(received!.body, received!.headers)).toThrow();
    expect(received!.headers["content-type"]).toBe("application/json");
  });

  it("is tried again after an error or a redirect, under the same id", async () => {
    const { receiver, sender } = await start([500, 302, 429]);
    sender.notify(event, "one");
    const received = await receiver.until(4);
    expect(received.map(({ status }) => status)).toEqual([500, 302, 429, 204]);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it.each([
    ["so many times and not more", [500, 500, 500, 500, 500], 4],
    ["not again where nobody wants it any more", [410], 1],
  ])("is sent %s", async (_, answers, count) => {
    const { receiver, sender, errors } = await start(answers);
    sender.notify(event, "one");
    await receiver.until(count);
    await expect.poll(() => errors).toEqual(["webhook not delivered"]);
    expect(receiver.received).toHaveLength(count);
  });

  it("has an id of its own for each occurrence, and the same one for the same", async () => {
    const { receiver, sender } = await start([]);
    for (const key of ["one", "two", "one"]) sender.notify(event, key);
    const ids = (await receiver.until(3)).map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(2);
  });

  it("that waits to be tried again is let go of when the program stops", async () => {
    const { receiver, sender } = await start([500], [3_600_000]);
    sender.notify(event, "one");
    await receiver.until(1);
    await sender.close();
    expect(receiver.received).toHaveLength(1);
  });
});

it("a secret is 24 to 64 bytes in base64, after its prefix", () => {
  const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes).toString("base64")}`;
  expect([24, 64].map((bytes) => isWebhookSecret(secret(bytes)))).toEqual([true, true]);
  expect([23, 65].map((bytes) => isWebhookSecret(secret(bytes)))).toEqual([false, false]);
  expect(isWebhookSecret(secret(32).slice(6))).toBe(false);
  expect(isWebhookSecret("whsec_not base64 at all, though long enough")).toBe(false);
});
