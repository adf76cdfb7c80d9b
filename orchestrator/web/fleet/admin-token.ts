const KEY = "seamline-admin-token";

/** Kept for this tab alone, and gone with it. */
export const adminToken = {
  get: (): string | null => sessionStorage.getItem(KEY),
  set: (token: string): void => sessionStorage.setItem(KEY, token),
  forget: (): void => sessionStorage.removeItem(KEY),
};

/** What says who asks. An event source of the browser's own couldn't send it, and a URL would end up in logs. */
export function adminHeaders(): Record<string, string> {
  const token = adminToken.get();
  return token === null ? {} : { authorization: `Bearer ${token}` };
}
