setTimeout((): void => {}, 60_000);
