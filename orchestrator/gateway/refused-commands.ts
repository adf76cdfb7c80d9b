/** Commands that reach beyond data: the server's settings, code, other connections, or for ever. */
const REFUSED = new Set(
  (
    "acl asking auth bgrewriteaof bgsave blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin client cluster " +
    "config debug discard exec failover hello migrate module monitor multi pfdebug psubscribe psync punsubscribe quit " +
    "readonly readwrite replconf replicaof reset restore restore-asking save script select shutdown slaveof slowlog " +
    "ssubscribe subscribe sunsubscribe swapdb sync unsubscribe unwatch wait waitaof watch"
  ).split(" "),
);
/** Of these, some forms are harmless and used by clients. */
const ALLOWED_FORMS = new Set(["script load", "script exists", "script flush", "client setinfo"]);
/** These may wait, on the connection that all clients share. */
const MAY_BLOCK = new Set(["xread", "xreadgroup"]);

/** Why a command is not passed on; undefined where it is. */
export function refuseCommand(command: readonly string[]): string | undefined {
  const name = command[0]?.toLowerCase() ?? "";
  if (name === "") return "ERR empty command";
  if (MAY_BLOCK.has(name) && isBlocking(command.slice(1).map((word) => word.toLowerCase()))) {
    return `ERR the option BLOCK of '${name}' is not available through this gateway`;
  }
  if (!REFUSED.has(name) || ALLOWED_FORMS.has(`${name} ${command[1]?.toLowerCase()}`)) return undefined;
  return `ERR the command '${name}' is not available through this gateway`;
}

/** Options come before STREAMS; a group or a consumer may be called BLOCK, and is refused with it. */
function isBlocking(args: readonly string[]): boolean {
  const options = args.includes("streams") ? args.slice(0, args.indexOf("streams")) : args;
  return options.includes("block");
}
