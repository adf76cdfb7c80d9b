import type { Mutation } from "./virtual-redis.ts";

export interface BrokenScript {
  readonly fault: string;
  readonly script: string;
  /** Occurs once. */
  readonly text: string;
  readonly instead: string;
  /** What is objected to. */
  readonly objection: RegExp;
}

const STALE = /which is stale|only the current token|that is repeated is current/;
const USED_TWICE = /strictly grow|gives only what is current/;

/** Faults in the scripts that would go unnoticed in use, until they cost somebody a film. */
export const brokenScripts: readonly BrokenScript[] = [
  {
    fault: "commit does not look at the token",
    script: "commit",
    text: "local job = held(id, token)",
    instead: "local job = load(id)",
    objection: STALE,
  },
  {
    fault: "a token that failed its job may still commit it",
    script: "fail",
    text: "job.t = ''",
    instead: "",
    objection: STALE,
  },
  {
    fault: "a token that gave its job back may still commit it",
    script: "release",
    text: "job.a, job.t = job.a - 1, ''",
    instead: "job.a = job.a - 1",
    // By then it may also have been given back twice.
    objection: new RegExp(`${STALE.source}|attempts count from one`),
  },
  {
    fault: "any token holds a job",
    script: "renew",
    text: "job.t == token and ",
    instead: "",
    objection: STALE,
  },
  {
    fault: "a grant does not raise the token",
    script: "claim",
    text: "token = token + 1",
    instead: "",
    objection: USED_TWICE,
  },
  {
    fault: "tokens begin at one again when the store was emptied",
    script: "claim",
    text: "or 0), now_us)",
    instead: "or 0), 0)",
    objection: USED_TWICE,
  },
  {
    fault: "tokens follow the counter alone, which may have lost its latest values",
    script: "claim",
    text: "return math.max(tonumber(redis.call('HGET', COUNTERS, 'token') or 0), now_us)",
    instead: "return tonumber(redis.call('HGET', COUNTERS, 'token') or now_us)",
    objection: USED_TWICE,
  },
  {
    fault: "a job stays in the queue when it is leased",
    script: "claim",
    text: "  job.s, job.e = 'l', ms\n  redis.call('ZREM', READY, job.id)",
    instead: "  job.s, job.e = 'l', ms",
    objection: /still held it/,
  },
  {
    fault: "a renewal does not extend the lease",
    script: "renew",
    text: "      redis.call('ZADD', LEASES, score(now + lease_ms), job.id)",
    instead: "",
    objection: /still held it/,
  },
  {
    fault: "a lease that runs out does not go back into the queue",
    script: "claim",
    text: "  else\n    enqueue(job)\n  end\nend\n\n-- What ran out",
    instead: "  end\nend\n\n-- What ran out",
    objection: /neither done nor dead/,
  },
  {
    fault: "a failed job is not tried again",
    script: "claim",
    text: "if job and job.s == 'w' then enqueue(job) end",
    instead: "",
    objection: /neither done nor dead/,
  },
  {
    fault: "a request does not take back a cancellation",
    script: "request",
    text: "    job.c = nil\n    if now + due",
    instead: "    if now + due",
    objection: /neither done nor dead/,
  },
  {
    fault: "a lease whose end was lost, or set by a clock that was ahead, is waited for",
    script: "request",
    text: "    redis.call('ZADD', key, score(now + job.e), id)",
    instead: "",
    objection: /neither done nor dead/,
  },
  {
    fault: "a result that is gone is still an answer",
    script: "request",
    text: "if job and job.s == 'd' and job.t == gone then job = forget(id) end",
    instead: "",
    objection: /what is gone is no answer/,
  },
  {
    fault: "a job that kills its workers is tried for ever",
    script: "claim",
    text: "elseif job.a >= job.m then\n    finish",
    instead: "elseif false then\n    finish",
    objection: /to be less than or equal to 3/,
  },
  {
    fault: "what has ended is not forgotten",
    script: "commit",
    text: "  redis.call('ZADD', EXPIRY, score(now + retain_ms), job.id)",
    instead: "",
    objection: /stored for good/,
  },
  {
    fault: "an answer to a claim is kept",
    script: "claim",
    text: ", 'PX', ANSWER_RETAIN_MS",
    instead: "",
    objection: /stored for good/,
  },
  {
    fault: "a second attempt does not raise the token",
    script: "second",
    text: "latest_token() + 1",
    instead: "latest_token()",
    objection: USED_TWICE,
  },
  {
    fault: "two workers are second at one job",
    script: "second",
    text: "if job.z and (job.z.t == '' or job.z.w ~= claimant) then return {} end",
    instead: "",
    objection: /is one worker's/,
  },
  {
    fault: "a second token that failed may still commit",
    script: "fail",
    text: "  second.z.t, second.z.u = '', 0",
    instead: "",
    objection: STALE,
  },
  {
    fault: "a second token that gave its job back may still commit it",
    script: "release",
    text: "    second.z = nil\n",
    instead: "",
    objection: STALE,
  },
  {
    fault: "a job that a second worker is at goes to a third",
    script: "claim",
    text: "  if hand_over(job) then return end",
    instead: "",
    objection: /still held it|which is stale|only the current token|that is repeated is current/,
  },
  {
    fault: "a second attempt that is renewed runs out",
    script: "renew",
    text: "    second.z.u, second.z.e = now + lease_ms, lease_ms",
    instead: "",
    objection: /still held it/,
  },
  {
    fault: "a second token outlives the lease that it was beside",
    script: "claim",
    text: "  local second = job.z\n  job.z = nil",
    instead: "  local second = job.z",
    objection: STALE,
  },
  {
    fault: "what is done is not announced",
    script: "commit",
    text: "    announce({ kind = 'done', id = job.id, meta = report, token = job.t })",
    instead: "",
    objection: /each commit is announced/,
  },
];

/** More that break no promise the onlooker knows of, but are not what the model does. */
export const otherScripts: readonly BrokenScript[] = [
  {
    fault: "what is given back for a while is granted at once",
    script: "release",
    text: "enqueue(job, tonumber(ARGV[3]))",
    instead: "enqueue(job)",
    objection: /as the model has it/,
  },
  {
    fault: "a repeated claim gets more instead of the same",
    script: "claim",
    text: "if sequence == last.q then",
    instead: "if false then",
    objection: /as the model has it/,
  },
  {
    fault: "the leases of a repeated claim go on from when they were first granted",
    script: "claim",
    text: "      lease(job, lease_ms)\n      reply(job, known[3])",
    instead: "      reply(job, known[3])",
    objection: /while .* still held it|as the model has it/,
  },
  {
    fault: "a claim that was overtaken gets leases nobody will hear of",
    script: "claim",
    text: "if sequence < last.q then return replies end",
    instead: "",
    objection: /as the model has it/,
  },
  {
    fault: "what follows is taken from under whoever waits for it",
    script: "claim",
    text: " and job.l > now and job.d > now)",
    instead: " and job.l > now)",
    objection: /as the model has it/,
  },
  {
    fault: "what follows is taken though something between is missing",
    script: "claim",
    text: "local job = is_open and load(ARGV[i])",
    instead: "local job = load(ARGV[i])",
    objection: /as the model has it/,
  },
  {
    fault: "what is missing in one group ends the others, too",
    script: "claim",
    text: "is_open = ARGV[i] == '' or (job",
    instead: "is_open = (ARGV[i] == '' and is_open) or (job",
    objection: /as the model has it/,
  },
  {
    fault: "a worker is second to itself",
    script: "second",
    text: " or job.w == claimant",
    instead: "",
    objection: /as the model has it/,
  },
  {
    fault: "what nobody waits for is tried twice",
    script: "second",
    text: " or job.d > now",
    instead: "",
    objection: /as the model has it/,
  },
  {
    fault: "what nobody wants any more is tried twice",
    script: "second",
    text: " or job.c",
    instead: "",
    objection: /as the model has it/,
  },
  {
    fault: "what the second worker did is told as the holder's",
    script: "commit",
    text: "if job.z and job.z.t == token then job.t, job.z.t = token, job.t end",
    instead: "",
    objection: /as the model has it/,
  },
  {
    fault: "a second attempt that ran out is handed the job",
    script: "claim",
    text: "  if not second or second.u <= now then return false end",
    instead: "  if not second then return false end",
    objection: /as the model has it/,
  },
  {
    fault: "the second worker's commit is taken for the holder's sign of life",
    script: "commit",
    text: "saw(job.z and job.z.t == token and job.z.w or job.w)",
    instead: "saw(job.w)",
    objection: /as the model has it/,
  },
  {
    fault: "whoever looks on is not told of a lease that ran out",
    script: "claim",
    text: "  note_lapse(job)",
    instead: "",
    objection: /as the model has it/,
  },
  {
    fault: "a later deadline puts a job off",
    script: "request",
    text: "if now + due < job.d then",
    instead: "if now + due ~= job.d then",
    objection: /as the model has it/,
  },
];

/** The scripts as they are, but for one fault. */
export function breakScript({ script, text, instead }: BrokenScript): Mutation {
  return (source, name) => {
    if (name !== script) return source;
    if (source.split(text).length !== 2) throw new Error(`${script}.lua has not exactly one “${text}”`);
    return source.replace(text, () => instead);
  };
}
