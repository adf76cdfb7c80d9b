/**
 * A client of the program's own, connected: of ioredis, or of node-redis (`redis`, `@redis/client`). Commands go
 * through it, and a duplicate of it listens.
 */
export interface RedisClient {
  eval(...args: never[]): unknown;
  ping(...args: never[]): unknown;
  duplicate(...args: never[]): unknown;
}
