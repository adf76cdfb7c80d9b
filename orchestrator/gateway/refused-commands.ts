/** Commands that reach beyond data: the server's settings, code, other connections, or for ever. */
const REFUSED = new Set(
  (
    "acl auth bgrewriteaof bgsave blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin client cluster config " +
    "debug discard exec failover hello migrate module monitor multi psubscribe psync punsubscribe quit replconf " +
    "replicaof reset restore save script select shutdown slaveof slowlog ssubscribe subscribe sunsubscribe swapdb " +
    "sync unsubscribe unwatch wait waitaof watch"
  ).split(" "),
);
/** Of these, some forms are harmless and used by clients. */
const ALLOWED_FORMS = new Set(["script load", "script exists", "script flush"]);

/** Why a command is not passed on; undefined where it is. */
export function refuseCommand(command: readonly string[]): string | undefined {
  const name = command[0]?.toLowerCase() ?? "";
  if (name === "") return "ERR empty command";
  if (!REFUSED.has(name) || ALLOWED_FORMS.has(`${name} ${command[1]?.toLowerCase()}`)) return undefined;
  return `ERR the command '${name}' is not available through this gateway`;
}
