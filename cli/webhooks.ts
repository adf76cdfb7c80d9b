import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { WebhookSender } from "../shared/webhooks/webhook-sender.ts";

/** Who tells the operator's servers what happened; without WEBHOOK_URLS nobody is told. */
export function createWebhooks(config: Config, log: Log): WebhookSender {
  const { WEBHOOK_URLS: urls, WEBHOOK_SECRET: secrets = [] } = config;
  return new WebhookSender({ urls, secrets, log });
}
