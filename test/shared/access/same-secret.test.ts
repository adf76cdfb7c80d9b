import fc from "fast-check";
import { expect, it } from "vitest";
import { isSameSecret } from "../../../shared/access/same-secret.ts";

it("a secret is the same as itself and as nothing else", () => {
  const secret = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), secret, (given, wanted) => {
      expect(isSameSecret(given, wanted)).toBe(given === wanted);
      expect(isSameSecret(wanted, wanted)).toBe(true);
    }),
  );
});

it.each([
  ["shorter", "secre"],
  ["longer", "secrets"],
  ["the secret twice", "secretsecret"],
  ["empty", ""],
  ["of another case", "Secret"],
])("what is %s is not the secret", (_, given) => {
  expect(isSameSecret(given, "secret")).toBe(false);
});
