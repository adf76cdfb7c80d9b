/** Rows of text under each other, each column as wide as its widest cell; columns of numbers keep to the right. */
export function formatColumns(rows: readonly (readonly string[])[], indent = ""): string {
  const widths: number[] = [];
  const isNumber: boolean[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
      isNumber[column] = (isNumber[column] ?? true) && /^[\d.,:%]*$/.test(cell);
    }
  }
  const format = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  ");
  return rows.map((row) => `${indent}${format(row)}`.trimEnd()).join("\n");
}

/** As JSON for programs: one document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
