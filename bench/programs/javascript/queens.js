const SIZE = 6 + (271828 % 2);

function* place(columns = []) {
  const row = columns.length;
  if (row === SIZE) {
    yield [...columns];
    return;
  }
  for (let column = 0; column < SIZE; column++) {
    if (columns.every((other, i) => other !== column && Math.abs(other - column) !== row - i)) {
      yield* place([...columns, column]);
    }
  }
}

const found = [...place()];
console.log(`ennead-text ${found.length} ${found[0].join(',')}`);
